"""The closed lists by which holders and wholes are cut out of a sentence: verbs, boundaries, times, frames.

Read by attribution.py, which says in which order they are tried.
"""

from __future__ import annotations

import re
from typing import Final

from labtape.expressions import expression

AUX: Final = (
    r"is|are|was|were|be|been|being|has|have|had|do|does|did|will|would|could|should|can|may|might|must|to|now|already|still|currently|also|alone|together|just|only|even|today|then|not|reportedly"
    r"|expected|projected|forecast(?:ed)?|set|likely|on|track|about|combined|collectively|never|ever|once|which|who|that|and|but|or|estimated|said|actually|increasingly|roughly|around|nearly|over|more|than|up|by|at|for|with|an|a|the|some|of|in|so|far|both|each|consistently|typically|generally|usually|often|well|itself|themselves|all"
)
TAIL: Final = expression(rf"(?:[\s,;:\-–—(\"“]+(?:{AUX}))*[\s,;:\-–—(\"“]*\Z", re.IGNORECASE)
HEAD: Final = expression(
    r"\A(?:[\s,;:\-–—(\"“”•*#>]+|(?:and|but|or|so|while|that|which|who|whereas|when|where|because|since|as|if|although|though|with|meanwhile|today|now|still|however|overall|currently|then|also|just|only|not only|together|both|including|even|yet|here|there|more recently|recently|in fact|of course|for example|for instance|notably|by comparison|in comparison|in contrast|by contrast|in total|in all|followed (?:closely )?by|trailed by|ahead of|besides)\b[\s,:]+)+",
    re.IGNORECASE,
)
BOUNDARY: Final = expression(
    r"[;:(—–]\s*|\b(?:expects|predicts|anticipates|forecasts|projects)\s+(?=[^,.;]{2,40}\bto\s)|,\s+|\s-+\s|(?<![-\w])(?:that|which|who|while|whereas|but|when|where|because|since|if|after|although|though|says?|said|saying|notes?|noted|noting|found|finds|shows?|showed|showing|estimates?|estimated|warns?|warned|reports?|reported"
    r"|suggests?|claims?|claimed|thinks|believes|means|meaning|adding|added|indicates?|indicating|suggesting|revealed|reveals|per|as|with|such that|estimating|until|how)\s+",
    re.IGNORECASE,
)
FINITE: Final = expression(
    r"(?<![-\w])(?:aims?|plans?|wants?|hopes?|seeks?|tries|needs?|likes?|helps?|wins?|won|loses?|beats?|runs?|ran|sits?|sat|goes|went|gives?|gave|puts?|sets?|serves|covers?|enjoys?|boasts?|builds?|built|brings?|brought|counts?|includes?|offers?|provides?|receives?|faces?|trails?|follows?|falls?|rises?|grows?|appears?|seems?|means?|costs?|consumes?|guzzles?|powers?|absorbs?|attracts?|contributes?|delivers?|is|are|was|were|has|have|had|will|would|could|can|may|might|does|did|do|remains?|remained|leads?|led|dominat\w+|holds?|held|controls?|commands?|captur\w+|says?|said|generates?|came|comes?|comprises?|accounts?|makes?|made|represents?"
    r"|became|becomes?|gained|lost|rose|fell|grew|dropped|climbed|jumped|reached|hit|took|takes|ranks?|ranked|owns?|sells?|sold|uses?|used|gets?|got|earns?|earned|derives?|spends?|spent|claims?|saw|sees|wrote|writes|handles?|processes|serves?|supplies|produces?|drives?|stood|stands|continues?|continued|kept|keeps|now|already|currently|still|(?!(?:unnamed|undisclosed|unidentified|related)\b)[a-z]{3,}ed)\b"
)
PRONOUN: Final = expression(
    r"(?:(?:the )?(?:consumption|usage|demand|penetration(?: rate)?|adoption|proportion)|the (?:[\w.&'’-]+ ){0,4}(?:chatbot|company|firm|startup|chipmaker|lab|giant|app|carmaker|maker|exchange|behemoth|retailer)|we|it|they|its|their|he|she|this|that|these|those|the (?:company|firm|startup|chipmaker|lab|figures?|share|numbers?|portion|slice|proportion|ratio|tally|group|exchange|behemoth|retailer|bank|platform|model|app|chatbot|carmaker|tech giant|search giant|software maker|duo|pair|segment|category|country|start-up|business)|both|its share|their share|the two|that share|that figure|the same|who|which|market share|share|usage share|that proportion|the proportion|this figure|this share)",
    re.IGNORECASE,
)
LEADING_PP: Final = expression(
    r"\A(?:in|by|at|during|for|since|as of|from|on|over|of|among|after|before|according to|per|within|across)\s[^,]{2,60},\s+",
    re.IGNORECASE,
)
SHARE_OF: Final = expression(
    r"\A(?P<holder>(?!(?:the|its|their|a|that|this|overall|market|total) share).{2,60}?)(?:['’]s?)?\s+(?:(?:market|token|usage|traffic|revenue|global|overall|own|combined|total|average)\s+){0,3}share\b",
    re.IGNORECASE,
)
PART_GOING: Final = expression(
    r"\b(?:part|share|portion|proportion|slice) of\s+(?P<whole>[^,;.:]{2,90}?)\s+(?:that|which)\s+(?:goes|went|flows?|comes?|came|is held|belongs)\s+(?:to|from|by)\s+(?P<holder>[^,;.:]{2,60}?)"
    r"(?=\s+(?:did|does|fell|rose|has|had|is|was|stood|slipp|climb|dropp|grew)\w*\b|[,.;]|\s*\Z)",
    re.IGNORECASE,
)
WHOSE_SHARE: Final = expression(
    r"(?:\A|[,;:]\s+|\b(?:and|but|while|that|as)\s+)(?P<holder>(?:(?!\bshare\b)[^,;:]){2,50}?)(?:['’]s|s['’]|(?<=\b[Ii]ts)|(?<=\b[Tt]heir))\s+(?:[a-z]+\s+){0,2}share\s+of\s+(?P<whole>[^,;:]{3,60}?)(?=\s+(?:rose|fell|falls?|has|was|is|grew|dropp?\w*|climb\w*|jump\w*|slip\w*|reach\w*|stood|slid|declin\w*|increas\w*|went|hit|rises?|to|at|from|never|not|did|does|had|have|could|would|will|may|might|must|averaged|peaked|exceed\w*|topp\w+)\b|(?:did|does|has|had|is|was|have|could|would|wo)n['’]t\b)",
    re.IGNORECASE,
)
ACTS: Final = expression(
    r"\A(?:[Ii]n|[Bb]y|[Aa]t|[Dd]uring|[Ff]or|[Ss]ince|[Aa]s of)\s.*?\b[A-Z][\w.&’'-]*\s+(?:[a-z]+ly\s+)?(?P<verb>[a-z]+)(?:\s+(?:for|up|in|only|just|a|the))*\s*\Z"
)
"""A name and its verb behind a time: "In Q1 Azure held", where the number is no topic."""
OF_SHARE: Final = expression(
    r"\bshare (?:of|for|held by|from|belonging to|captured by|going to)\s+(?P<holder>(?!the market|total|all|global)[^,;.]{2,60}?)(?=\s+(?:rose|fell|has|was|is|grew|dropped|climbed|jumped|slipped|reached|in|on|to|from|stood|slid|declined|increased|went|hit|among)\b|\s*\Z)",
    re.IGNORECASE,
)
STOP_WHOLE: Final = expression(
    r",(?!\d)|[;:()—–\n”]|\s+and\s+(?=[^,;.%]{2,60}\s\d[\d.]*\s?(?:%|percent|per cent))|(?<!\b[A-Z])\.(?:\s|\Z)|\s-\s|\s+and\s+(?=\d|(?:more|less|over|about|nearly|almost|roughly|only|just)\b|(?:wants|has|is|are|was|were|will|says|said|plans|expects|now|then|have|had|that|its share)\b)|\b(?:comes?|came|coming|goes|went|flow(?:s|ed)?|is|are|was|were|be|being|has|have|had|that|which|who|whose|while|whereas|but|when|where|because|compared|versus|according|up from|down from|said|says|say|show(?:s|ed)?|will|would|could|can|(?-i:may)|might"
    r"|despite|though|although|as|than|now|belongs?|trac(?:es?|ed)|originat\w+|use|uses|used|using|choose|choosing|pay|requires?|required|manages?|blames?|agree|mention|wants?|found|finds?|captured|carry|carries|prefer|consider|expects?|flagged|hitting|depends?|involve[sd]?|contain(?:s|ed)?|clicked|still|per|amid|so|if|even|against|with(?!in)|making|up|down|followed|ahead|behind|thanks|already|making|leaving|giving|ranking|including|led|run|runs|ended|rely|relies|routes?|accounted|represent(?:s|ed|ing)?|suggest\w*|indicat\w+|actually|only|captured|controlled|mentioned|reported|translates?|receive[sd]?|say|and also)\b",
    re.IGNORECASE,
)
PERIODIC: Final = expression(
    r"\s+(?:in|by|during|over|for|since|as of|at|through|throughout|from|on|until|last|this|next)\s+(?:the )?(?:(?:early|mid|late|fiscal|first|second|third|fourth|past|last|next|previous|most|recent|full|end|week|quarter|month|year|same|long|current|final|given|entire|Q[1-4]|H[12]|\d+|(?:a|two|three|five)\b|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*\b.*|(?:19|20)\d\d.*)\Z"
    r"|\s+(?:last|this|next) (?:year|quarter|month|week)\b.*\Z|\s+(?:today|annually|currently|so far.*|worldwide now|a year.*|every day|each day|at peaks?)\Z",
    re.IGNORECASE,
)
PP: Final = expression(
    r"\s+(?:in|on|at|for|from|by|across|among|within|through|throughout|worldwide|globally|during|since|per|around|under|into|between|via|over|to)\b",
    re.IGNORECASE,
)
DETERMINER: Final = expression(
    r"\A(?:(?:the|all|total|its|their|his|her|our|overall|entire|global(?=\s\w+\s)|whole|combined|every|each|any|our|of|these|those|that|what|every one of)\s+)+",
    re.IGNORECASE,
)
POSSESSIVE: Final = expression(
    r"\A(?P<owner>(?:the\s+)?(?:(?!(?:of|for|in|by|on|since|after|from|and|among|amongst|across|within|at|to|on)\b)[\w.&-]+\s){0,2}[\w.&-]+)['’]s?\s+(?=\w)"
)
AMOUNT: Final = expression(
    r"\A(?:the\s+|its\s+|that\s+)?(?:[$€£¥₹]\s?)?[\d.,]+(?:\s?(?:trillion|billion|million|thousand|bn|tn|m|B|T|M)\b)?(?:\s+(?:in|of|worth of))?\s+",
    re.IGNORECASE,
)
OWNERS: Final = expression(r"\A(?:its|their|the company['’]s|the firm['’]s|his|our)\b", re.IGNORECASE)
FROM: Final = expression(
    r"\s*,?\s*(?:(?:now|already|still|actually|currently|today|mostly|directly|all|that)\s+)*(?:(?:comes?|came|coming|flow(?:s|ed|ing)?|stem(?:s|med)|originat(?:es|ed|ing)|deriv(?:es|ed)|trac(?:es|ed))(?: back)? (?:from|to|in)|(?:goes|went|going|flows|is going|was going|routed|is routed|now goes) (?:to|toward|through)"
    r"|belong(?:s|ed|ing) to|(?:is|are|was|were|be|been|being|now)\s+(?:[a-z]+\s+){0,4}?[a-z]+(?:ed|en|un|ade|ld|ilt|orn) (?:by|with|up by|from)|(?:written|generated|produced|made|held|owned|controlled|supplied|built|created|used) by|from|on|by|to)\s+(?P<holder>[^,;.()]{2,90})",
    re.IGNORECASE,
)
IS_WHAT: Final = expression(
    r"\s*(?:is|are|was|were)\s+(?:now\s+|already\s+|still\s+|currently\s+)?(?P<what>[^,;.()]{2,60})",
    re.IGNORECASE,
)
USING: Final = expression(
    r"\s*(?:\w+\s+){0,3}?(?:us(?:es?|ed|ing)|choos(?:e|es|ing)|chose|pay(?:s|ing)?(?: for)?|adopt(?:s|ed|ing)?|rel(?:y|ies|ied|ying) on|subscrib(?:e|es|ed) to|run(?:s|ning)?(?: on)?|deploy\w*|picked?|prefer\w*|built on|turn(?:ed)? to)\s+(?P<what>[^,;.()]{2,60})",
    re.IGNORECASE,
)
GETS: Final = expression(
    r"\b(?:generates?|generated|gets?|got|derives?|derived|earns?|earned|makes?|made|draws?|drew|receives?|received|spends?|spent|sees?|saw|allocat\w+|books?|collects?|rout(?:es?|ed)|sends?|sent|buys?|bought|sells?|sold|sources?|sourced|ha[sd]|have|with)\b\s*(?:as much as|up to)?\s*\Z",
    re.IGNORECASE,
)
LINK: Final = expression(
    r"\b(?:with|at|by|to|from|for|of|and|or|is|are|was|were|has|have|had|held|holds?|about|reach\w*|around)\s*\Z",
    re.IGNORECASE,
)
ACRONYM: Final = expression(r"\s*\((?:[A-Z][A-Za-z&.]{1,7}|(?:NASDAQ|NYSE|HK|SEHK)[^)]{0,14})\)")
CLOSED: Final = expression(r"\(([^()]{1,40})\)")  # a closed aside is part of its noun phrase, no new clause
APPOSITION: Final = expression(r"(?:\s[-–—]+|—|–|,\s*or|\(or)\s*\Z")
AND_CLAUSE: Final = expression(
    r"\b(?:and|while|but|whereas)\s+(?P<who>(?!(?:for|by|to|at|only|just)\b)[^,;]{2,50}?)\s+(?:accounts?|accounted|holds?|held|has|had|made|makes?|took|takes|controls?|controlled|captured|represent(?:s|ed)?|claim(?:s|ed)|command(?:s|ed)|was|were|is|are|won|got|saw|reached|at|with)\b[^,;]{0,24}\Z"
)
ASIDE: Final = expression(
    r"(?:,|\band|\bby|\bwith|\bthen)\s+(?P<who>(?:the\s+)?[A-Z][\w.’'&-]*(?:\s+[A-Z0-9][\w.’'&-]*){0,4})\s*\(\Z"
)
OF_TOPIC: Final = expression(
    r"(?:\A|[.;:]\s*)\W*(?:of|out of|(?:in|among) an? (?:\w+ )?(?:sample|set) of)\s+(?P<whole>(?:[^,;]|(?<=\d),(?=\d)){3,70}),\s*\Z",
    re.IGNORECASE,
)
NUMBERED: Final = expression(r"[\d%]")


MONTH: Final = r"(?:Jan|Febr?|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*"
SPAN: Final = rf"(?:year|month|week|quarter|decade|half|spring|summer|autumn|fall|winter|{MONTH})"
TIME_HEAD: Final = expression(
    rf"\A(?:(?:an?|one|two|three|four|five|six|\d+|several|some)\s+(?:years?|months?|weeks?|quarters?|decades?|days?)\s+(?:ago|earlier|before|later|prior|on)"
    rf"|(?:last|this|next|(?:the\s+)?(?:previous|prior|same|following|past))\s+{SPAN}"
    rf"|(?:in|by|at|during|since|as of|until|through|over|from|on|for)\s+(?:the\s+)?(?:(?:early|mid|late|end of|start of|first|second|third|fourth|past|last|same|fiscal|full)[-\s]+)*(?:(?:19|20)\d\d|Q[1-4]|H[12]|week\s+\d+|{SPAN})(?:\s+(?:of\s+)?(?:19|20)\d\d)?(?:\s+\d\d?)?"
    r"|(?:back )?then|previously|formerly|(?:19|20)\d\d)(?:\s*,\s*|\s+(?=(?:the|it|they|its|their|that|this|these|both|only|(?-i:[A-Z])\w*)\b))",
    re.IGNORECASE,
)
GAPPED: Final = expression(
    r"(?:,|;|\band|\bwhile|\bbut)\s+(?:and\s+|for\s+)?(?P<who>(?:the\s+)?[A-Z][^,;%]{1,50}?)\s*(?:with|at|about|nearly|roughly|around|just|only|another|some|over|under)?\s*\Z"
)
"""The next holder of a list whose verb is left out: "A had 15% and B's models 9%"."""
AMOUNTING: Final = expression(
    r"\A(?:enough|sufficient|as much|so much|the equivalent|equivalent)\b", re.IGNORECASE
)
PARENTHETIC: Final = expression(
    r",\s*(?:combined|together|collectively|on average|in turn|however|in total|alone|taken together|by itself|as of \w+|in effect|(?:says?|said|according to|we learn)\s[^,%]{2,50}|[^,%]{2,40}\s(?:says?|said|suggests?|estimates?|reckons?|thinks?|learn))\s*,",
    re.IGNORECASE,
)
COUNT_BEFORE: Final = expression(
    r"(?<!of )(?<!in )(?<!by )(?<!since )(?<!until )(?<!among )(?<![\d,.])\d[\d,.]*\s*(?:thousand|million|billion|trillion|[KMB]\b)?\s*[^,.;]{2,50},\s*(?:or\s+)?\Z",
    re.IGNORECASE,
)
