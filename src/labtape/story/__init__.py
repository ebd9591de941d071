"""Which articles tell the same story, what is new in them, and how many sources really report it.

    Annotated ──words, slots──▸ candidates ──likeness──▸ story ──copies, credits──▸ origin ──▸ Placement

- `tokens`, `vectors`: title and lead as a sparse tf-idf vector (English stems, Chinese pairs of characters).
- `slots`: labs, figures and dates of title and lead, in one notation for English and Chinese.
- `likeness`: from cosines and slots to "same event or not", pure functions of values.
- `copies`: `content_hash` for the same text, MinHash for wire copies. `origins`: copies and "according to X" as one.
- `meanings`: what words mean together. `parts`: whether a story tells two events.
- `prepared`: `prepare`, all that is read of one article alone, in whatever process.
- `grouper`: `Grouper`, the only state: stories of the window (`threads`), an `index` over their heaviest words (`terms`).

What was tried, chosen, and why (figures in docs/story.md):

- *Own sparse cosine, not scikit-learn*: one article at a time against a few stories needs no matrix, and nothing
  heavy is imported. numpy and datasketch load with the first article, not with the room.
- *A shipped frequency table mixed with the window's own*: only shipped, this week's names tell too much; only learnt,
  the first hundred articles are judged blind.
- *Centre and nearest article (7 : 3)*: the centre alone loses stories that drift, the nearest alone chains them.
- *A headline asks less than a text*: eight words share fewer. One threshold for both cost .05 on one of the two sets.
- *Slots decide where words cannot*: issues of a recurring report have cosine .99 and other figures and dates; results
  of two companies differ in the name only; an English and a Chinese telling share nothing but lab and figures.
- *MinHash alone for stories* finds copies only; it is used for that.
- *A table of meanings, not an encoder*: summed directions of words, fitted to MiniLM's view of whole headlines, did as well on headlines as MiniLM
  did, at the cost of a look-up; on longer texts neither changes much.
- *Long stories let go of their oldest articles*: closing them at an age would tell a matter's next week as news; keeping all of them made cost and
  memory grow with an archive in which every day has the same report.
- *Merging only where an article belongs to both*: so it costs nothing to look for, and an id that was handed out stays true, for both
  stories say what happened.
"""

from labtape.story.copies import content_hash
from labtape.story.grouper import Grouper, story_id
from labtape.story.prepared import Prepared, prepare

__all__ = ["Grouper", "Prepared", "content_hash", "prepare", "story_id"]
