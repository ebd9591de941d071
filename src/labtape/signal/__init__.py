"""What an article means for markets: relevance, verdict, reasons.

    Annotated ──features.see──> views, named numbers, house-rule hits
        │                            │
        │             RuleModel or a bundle: Prediction (relevance, p, horizons, label set)
        └──────────────core.judge────┴──> Signal (target, state, drivers, analogues, rationale, markets)

Design notes. The guide's house rules are data (`house_rules.toml`): each row says which words, in English and
Chinese, speak for which direction, and carries its examples; a rule model adds them up and needs nothing
else. A bag-of-words model trained on public finance sets knows direction (it transfers between sets) and
does not know what is material in AI news (that boundary does not), so a bundle's heads join it with rules,
structured features and the words of labelled AI news, each kind held back by its own ridge scale. Averaging
over the body was tried by peers and hurt: title and lead are read first and the body counts little. Every sentence
of the rationale is a quotation, is made from extracted fields, or names the rule or the dated event it applies; the
words that are ours stand in `desk_words.toml` and hold no name. A user's own classifier takes the model's place in
`plugins`.
"""

from labtape.signal.attribution import accounts
from labtape.signal.bundle import BundleInfo, Manifest, bundles, find_bundle, verify
from labtape.signal.core import judge
from labtape.signal.model import learned_digests, load_model, load_text_model
from labtape.signal.rules import RuleModel
from labtape.signal.told import as_told
from labtape.signal.toward import toward

__all__ = [
    "BundleInfo",
    "Manifest",
    "RuleModel",
    "accounts",
    "as_told",
    "bundles",
    "find_bundle",
    "judge",
    "learned_digests",
    "load_model",
    "load_text_model",
    "toward",
    "verify",
]
