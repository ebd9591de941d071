"""Which words say that a percentage is a share, and which say what else it is.

One table, read top down by nobody: every cue that applies adds its weight to its kind, and the kind with
the highest sum wins. `side` says where the words stand:

    before   they end directly before the number (its hedge taken off)
    after    they begin directly behind it
    left     within 80 characters before it, in the same clause
    right    within 70 characters behind it, in the same clause

`change` is not a kind of its own: percentages.py tells growth from price moves by what changed.
Weights were set by hand; 5 is "this decides", 1 "a hint". Learned ones were tried and left: docs/shares.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, Literal

from labtape.annotate.cue_index import CueIndex, cue_index
from labtape.expressions import expression
from labtape.text.directions import DOWN, UP

if TYPE_CHECKING:
    from labtape.annotate.share_context import Setting

Kind = Literal[
    "share",
    "change",
    "growth",
    "price_change",
    "rate",
    "margin",
    "benchmark",
    "probability",
    "stake",
    "other",
]
Side = Literal["before", "after", "left", "right"]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that speak for a kind, where they must stand, and how much they say."""

    name: str
    kind: Kind
    side: Side
    weight: float
    pattern: str


WHOLES: Final = (
    r"revenues?|sales|spend(?:ing)?|spent|tokens?|traffic|downloads|installs|users|usage|searches|search|queries|supply|production|output|capacity|electricity"
    r"|power|energy|code|songs|tracks|music|postings|openings|purchases|shipments|units|deliveries|orders|profits?|earnings|income|funding|investments?|capital|money"
    r"|dollars|backlog|obligations|volumes?|transactions|requests|calls|workloads?|compute|GPUs?|chips|servers|smartphones|phones|devices|PCs|laptops|cars|vehicles|pages"
    r"|sites|websites|articles|posts|content|videos|images|books|emails|messages|conversations|chats|sessions|visits|visitors|citations|references|quotes|sources|mentions"
    r"|demand|exports|imports|trade|cargo|emissions|costs?|expenses|expenditures?|capex|budgets?|market cap(?:italization)?|population|GDP|economy|total|rest|pie|inventory"
    r"|wafers?|memory|storage|bandwidth|papers|patents|models|startups|deals|rounds|tasks|work|hours|commits|projects|repositories|lines|data|traffic|attacks|incidents|breaches"
    r"|cases|complaints|lawsuits|fraud|hires|hiring|recruits|graduates|bookings|contracts|customers|clients|subscribers|subscriptions|consumption|reserves|assets|deposits|loans"
    r"|index|weight(?:ing)?|holdings|portfolio|bitcoin|ether|tokens in circulation|hash ?rate|addresses|wallets|validators|liquidity|fees|gains|losses|returns|growth|increase|jobs|land|water"
    r"|extensions|accounts|domains|apps|applications|products|borrowing|lending|currenc(?:y|ies)|stablecoins?|ads?|advertisements|advertising|impressions|views|streams|listening|episodes|films|movies|games|titles|robots|homes|area"
    r"|gas|oil|fuel|generation|datasets?|vulnerabilities|bugs|tickets|inquiries|rides|trips|flights|stock|listings|auctions|packages|pull requests|reviews|transactions|throughput|cargoes|minerals|rare earths|magnets|userbase|user base|install base|outstanding debt|debt|bonds|turnover|takings|output|workloads|screen time|watch time|time spent"
)
PEOPLE: Final = (
    r"respondents?|consumers|adults|Americans|Britons|Europeans|people|persons?|workers|employees|managers|executives|leaders|CEOs|CFOs|CIOs|CISOs|companies|firms|organi[sz]ations"
    r"|business(?:es)?|enterprises|developers|engineers|programmers|teachers|educators|students|teens|teenagers|investors|voters|parents|women|men|households|those(?= (?:who|surveyed|polled|asked|aged|with))|participants|professionals"
    r"|marketers|users|buyers|shoppers|customers|subscribers|physicians|doctors|nurses|lawyers|journalists|freelancers|analysts|economists|citizens|residents|children|kids|boys|girls|gamers"
    r"|institutions|banks|retailers|manufacturers|startups|founders|boards|directors|teams|departments|agencies|schools|universities|hospitals|decision[- ]makers|researchers|scientists|readers|viewers|patients|drivers|owners|labs|members|(?-i:us)|graduates|millennials|Gen Z|adopters|players|creators|learners|candidates|applicants|recruiters|clinicians|officers|chiefs|heads|owners|renters|taxpayers|drivers|travelers|travellers|job seekers|coders|writers|artists|publishers|brands|merchants|sellers|[\w-]*year-olds|hirers|humans|professionals|pros|folks|responders|retirees|academics|reporters|creatives|designers|staffers|interviewees|Gen Zers|Democrats|Republicans|Canadians|Australians|Koreans|Germans|Brits|demographic|public|electorate|traders|restaurants|factories|shops|hospitals|municipalities|lawmakers|entrepreneurs|supervisors|administrators|CTOs|CMOs|officials|clients surveyed|partners|buyers|landlords|farmers|musicians|fans|listeners|couples|workplaces|employers|commuters|operators|administrators|practitioners"
)
_CHANGE: Final = rf"(?:{UP}|{DOWN})"
_TRAIL: Final = r"(?:\s+(?:by|of|an?\s+(?:staggering|whopping|massive|modest|mere|further|record|solid|healthy|full|total|combined|stunning|remarkable|impressive|[a-z]+-[a-z]+|[a-z]+ing)|an?|the|another|a further|further|some|only|just|even|overall|sharply|roughly|as|in value|in total))*\s*\Z"
_ADVERBS: Final = r"(?:\s+(?:an?\s+(?:[a-z]+-[a-z]+|impressive|staggering|whopping|massive|huge|record|mere|modest|combined|total|hefty|sizable|significant|full)|only|just|a|an|the|now|already|still|nearly|up|even|a mere|a whopping|a staggering|another|less|even|as|some|up just to|just to|around))*\s*\Z"
_NOT_NOUN: Final = r"(?!(?:have|has|had|are|is|was|were|say|says|said|use|uses|used|using|that|who|which|will|would|can|could|believe|think|find|found|see|saw|cite|cited|expect|plan|want|report|reported|now|still|being|been|do|does|did|not|even|when|where|while|if|because|but|so)\b)"
OPINION: Final = (
    r"say|says|said|saying|believ(?:e|es|ed|ing)|think|thought|feel|felt|expect(?:s|ed|ing)?|anticipat(?:e|ed|ing)|forecast(?:ing)?|predict(?:ed|ing)?|agree(?:d|ing)?|disagree[d]?|plan(?:s|ned|ning)?"
    r"|intend(?:ed)?|hope[d]?|report(?:ed|ing)?|prefer\w*|trust\w*|admit\w*|fear\w*|worr(?:y|ied)|want(?:ed)?|cit(?:e|ed|ing)|nam(?:e|ed)|acknowledg\w+|favou?r(?:ed|s)?|oppos(?:e|ed|ing)|support(?:ed)?|consider(?:ed|ing)?"
    r"|identif(?:y|ied)|rank(?:ed)?|rat(?:e|ed)|view(?:ed)?|describ(?:e|ed)|call(?:ed)? (?:it|for)|point(?:ed)? to|respond(?:ed)?|indicat(?:e|ed)|know|knew|understand|recogni[sz]e[d]?|lack(?:ed)?|struggl(?:e|ed|ing)|seek(?:ing)?"
    r"|experienc(?:e|ed)|encounter(?:ed)?|unsure|unaware|(?:are|were|is|was|feel|felt|remain(?:ed)?) (?:\w+ly )?(?:worried|concerned|willing|planning|optimistic|pessimistic|confident|comfortable|aware|ready|unsure|likely|excited|skeptical|sceptical|satisfied|dissatisfied|afraid|open to|interested|considering|seeing|hiring|cutting|increasing|reducing|experimenting|piloting|exploring|looking|prepared|unprepared)"
)
"""What people do who are asked: the verbs of a survey."""

_NUMERAL: Final = r"\d[\d,.]*\d(?=\s)"
_W: Final = rf"{_NOT_NOUN}[\w'’.&$€£¥,\-\"“”+/]+"

_NC: Final = rf"(?:{_NUMERAL}|{_NOT_NOUN}[\w'’.&$€£¥\-\"“”+/]+)"
_NEAR: Final = rf"(?!(?:by|from|for|in|on|with|at|to|among|across|between)\b){_NC}"

CUES: Final = (
    # ---- a part of a whole
    Cue("account-for", "share", "before", 5.0, rf"\baccount(?:s|ed|ing)?\s+for{_ADVERBS}"),
    Cue("account-for", "share", "left", 4.0, r"\baccount(?:s|ed|ing)?\s+for\b[^.;]{0,80}\b(?:and|or)\s+(?:for\s+)?\Z"),
    Cue("make-up", "share", "before", 5.0, rf"\bm(?:ake|akes|ade|aking)\s+up{_ADVERBS}"),
    Cue("comprise", "share", "before", 4.0, rf"\b(?:compris(?:e|es|ed|ing)|constitut(?:e|es|ed|ing)|composing|composed){_ADVERBS}"),
    Cue("responsible", "share", "before", 4.0, rf"\bresponsible\s+for{_ADVERBS}"),
    Cue("represent", "share", "before", 3.5, rf"\brepresent(?:s|ed|ing)?{_ADVERBS}"),
    Cue("hold", "share", "before", 2.5, rf"\b(?:hold|holds|held|holding|control(?:s|led|ling)?|command(?:s|ed|ing)?|captur(?:e|es|ed|ing)|claim(?:s|ed|ing)?|occup(?:y|ies|ied|ying)|dominat(?:e|es|ed|ing)|secur(?:e|es|ed|ing)|garner(?:s|ed|ing)?){_ADVERBS}"),
    Cue("own", "share", "before", 1.0, rf"\b(?:own|owns|owned|owning|has|have|had|having|boasts?|boasted|commanding|with|enjoys?){_ADVERBS}"),
    Cue("take", "share", "before", 1.4, rf"\b(?:consum(?:e|es|ed|ing)|guzzl(?:e|es|ed|ing)|use[sd]?|produc(?:e|es|ed|ing)|generat(?:e|es|ed|ing)|suppl(?:y|ies|ied|ying)|handl(?:e|es|ed|ing)|process(?:es|ed|ing)?|serv(?:e|es|ed|ing)|writ(?:e|es|ing)|wrote|written|driv(?:e|es|ing)|drove|contribut(?:e|es|ed|ing)|deliver(?:s|ed|ing)?|provid(?:e|es|ed|ing)|attract(?:s|ed|ing)?|receiv(?:e|es|ed|ing)|pull(?:s|ed|ing)? in|rak(?:e|es|ed|ing) in|br(?:ings?|ought|inging) in|dr(?:aws?|ew|awing)|tak(?:e|es|ing)|took|absorb(?:s|ed|ing)?|w(?:in|ins|on|inning)|creat(?:e|es|ed|ing)|eat(?:s|ing)?(?: up)?|ate|us(?:e|es|ing) up|cover(?:s|ed|ing)?|power(?:s|ed|ing)?|deriv(?:e|es|ed|ing)|earn(?:s|ed|ing)?|gets?|got|spend(?:s|ing)?|spent|allocat(?:e|es|ed|ing)|rout(?:e|es|ed|ing)|sends?|sent|sold|sells?|resolv(?:e|es|ed|ing)|reach(?:es|ed|ing)?|hit|hits|at|(?<!compared )to){_ADVERBS}"),
    Cue("share-word", "share", "after", 5.5, r"\s*(?:(?:of the|global|domestic|worldwide|combined|total|overall|U\.?S\.?|Chinese|estimated)\s+)?(?:market |usage |revenue |traffic |token |wallet |mind ?|volume |sales |unit |download |global )?share\b(?!\s+(?:price|buyback|repurchase|sale|offering|issue))"),
    Cue("of-share", "share", "left", 4.0, r"(?<!\ba )\b(?:(?:market |token |usage |revenue |traffic |wallet )?share\b(?!s| price| buyback)|(?:part|portion|slice) of\b)[^.;]{0,70}\b(?:to|at|of|was|is|from|reach(?:ed|es|ing)?|around|hit|stood|stands|peak(?:ed|ing)|averag(?:ed|ing)|exceed(?:s|ed|ing)?|topp?(?:s|ed|ing)?|never|[a-z]+n['’]t|not|held|than|with|over|under|just)\s*\Z"),
    Cue("from-to", "share", "left", 2.4, r"\b(?:workloads?|traffic|tokens?|usage|use|tasks|queries|requests|prompts|downloads|users|customers|sales|spending|searches|models|consumption|code|shipments|exports|imports|orders|deliveries|visits|volumes?|capacity|supply|content|messages|hires|funding|investments?|revenues?|mix|slice|portion)\b[^.;]{0,70}\b(?:rose|risen|grew|grown|climb\w*|jump\w*|increas\w*|surg\w*|expand\w*|fell|fallen|drop\w*|declin\w*|slid\w*|shr[aiu]nk\w*|went|gone|mov\w+|shift\w*|rising|falling|slip\w*)\b[^.;,%]{0,30}\bfrom\s*\Z"),
    Cue("penetration", "share", "left", 5.0, r"\b(?:penetration|proportion|portion|percentage)\b(?: rate)?[^.;,]{0,50}\Z"),
    Cue("list-of", "share", "after", 3.0, r"(?:\s*,\s*[\d.]+\s?(?:%|percent))*,?\s+and\s+(?:about |nearly |over )?[\d.]+\s?(?:%|percent|per cent)\s+(?:of\b|(?:market )?share\b)"),
    Cue("of-market", "share", "after", 4.0, rf"\s+of\s+(?:{_NC}\s+){{0,7}}?(?:market(?:place)?|sector|industry)\b(?!\s+(?:cap|value|players|participants))"),
    Cue("of-total", "share", "after", 2.0, r"\s+of\s+(?:all|total|the total|overall|the overall|global|worldwide|the world['’]s|(?:its|their|his|the company['’]s) (?:total|entire|overall|whole)|the entire|the whole|the global|the country['’]s|the nation['’]s|national|every|everything|what)\b"),
    Cue("of-whole", "share", "after", 3.2, rf"\s+of\s+(?:(?!(?:{PEOPLE})\s){_NC}\s+){{0,5}}?(?:{WHOLES})\b(?!\s+(?:growth|increase|companies|executives|owners|makers))"),
    Cue("of-something", "share", "after", 1.6, r"\s+of\s+(?!(?:the )?(?:time|way)\b|(?:19|20)\d\d\b)"),
    Cue("whole-bare", "share", "after", 2.6, rf"\s+(?!(?:of|in|on|at|by|from|to|and|or|through|for|as|with|than|over|since|while|if|when|because|but|so|that|per|before|after|until|unless|once)\b)(?:{_NC}\s+){{0,3}}?(?:{WHOLES})\b(?:\s+{_NC}){{0,5}}?\s+(?:comes?|came|trac(?:es?|ed)|goes|went|are|is|was|were)\b(?!\s+(?:up|down|growing|higher|lower|expected))"),
    Cue("whole-of", "share", "after", 1.4, r"\s+(?:of|in)\s+(?:the )?(?:top|Fortune|S&P|FTSE|Nasdaq)\b"),
    Cue("is-from", "share", "right", 1.5, rf"^\s+of\s+(?:{_W}\s+){{1,9}}?(?:(?:now|already|still|actually|currently)\s+)?(?:comes?|came|went|goes|flow(?:s|ed)?|originat\w+|trac(?:es?|ed)|is|are|was|were|belongs?)\s+(?:back\s+)?(?:(?:now|already|still|being)\s+)?(?:from|to|by|written|generated|produced|made|held|owned|built|AI|created|conducted|handled|served|processed)\b|^\s+of\s+(?:[\w.’'-]+\s+){1,5}?(?:now |already |still )?(?:runs? on|rel(?:y|ies) on|flows? through|passes through)\b"),
    Cue("the-part-of", "share", "after", 5.0, r"\s*[:—–,]\s*(?:that is )?the (?:part|share|portion|proportion|slice) of\b"),
    Cue("table", "share", "left", 4.0, r"\b(?:league table|breakdown|market shares?|by share|share of \w+)\s*:[^.;]{0,80}\Z"),
    Cue("costs", "other", "before", 5.5, rf"\b(?:costs?|costing|priced at|charges?|sells? (?:for|at)){_ADVERBS}"),
    Cue("of-which", "share", "after", 2.6, r"\s+of\s+(?:(?:which|that|them|these|those)(?=\s*(?:[.,;:)!?]|\Z|(?-i:is|are|was|were|comes?|came|goes?|went|to|from|in|on|by|for|at|have|had|has|now|already|and|using|being|through)\b))|it(?=\s*(?:[.,;:)!?]|\Z|(?-i:is|was|to|from|on|in|by|came|comes|went|goes|already|now)\b)))\b(?!\s+(?:who|(?!used|sold|made)[a-z]+ed\b|aged))"),
    Cue("spent-on", "share", "right", 1.5, r"^\s+(?:of\s+[^,;.]{3,60}\s+)?(?:goes|went|going|was spent|is spent)\s+(?:to|on|toward)"),
    # ---- proportions of people and firms
    Cue("of-people", "rate", "after", 4.6, rf"\s+of\s+(?:{_NEAR}\s+){{0,4}}?(?:{PEOPLE})\b(?!['’]s?\s)"),
    Cue("of-people", "rate", "after", 4.4, rf"\s+(?!(?:in|on|at|by|from|to|and|or|through|for|as|with|than|over|since|while|of)\b)(?:{_NC}\s+){{0,2}}?(?:{PEOPLE})\b(?!['’]s?\s)"),
    Cue("survey", "rate", "left", 1.5, r"\b(?:survey(?:ed|s)?|poll(?:ed|s)?|respondents?|questionnaire)\b"),
    Cue("say", "rate", "right", 3.2, rf"^\s*(?:of\s+[^,;.]{{3,60}}\s+|(?:also|now|still|already|actually)\s+)?(?:{OPINION}|are using|clicked|ended|answered|see|saw|ha(?:ve|d) (?:used|tried|heard))\b"),
    Cue("opinion-after", "rate", "right", 3.0, r"^\s+of\s+[^;.]{3,80}?,?\s+(?:now\s+|already\s+)?(?:forecasting|predicting|expecting|believing|saying|planning|reporting|fearing|feeling|citing)\b"),
    Cue("outcome", "rate", "after", 6.0, rf"\s+of\s+(?:{_NC}\s+){{1,6}}?(?:now\s+|already\s+|still\s+|have\s+|has\s+|had\s+|will\s+|never\s+)*(?:end(?:s|ed)?|result(?:s|ed)?|lead|led|convert(?:s|ed)?|fail(?:s|ed)?|succeed(?:s|ed)?|bounce|crash(?:es|ed)?|expire[sd]?|(?:go|goes|went|remain(?:s|ed)?) (?:unanswered|undetected|unnoticed|unused|unread|unsolved)|time[sd]? out|were (?:rejected|blocked|denied|approved|resolved|successful))\b"),
    Cue("done-for", "rate", "before", 5.4, rf"(?<!account)(?<!accounts)(?<!accounted)(?<!accounting)(?<!responsible)(?<!\bup)(?<!\band)(?<!\bpay)(?<!\bpaid)(?<!%)\sfor{_ADVERBS}"),
    Cue("runs-at", "rate", "before", 7.0, r"\b(?:run(?:s|ning)?|ran|operat(?:e|es|ed|ing)|produc(?:e|es|ed|ing)|work(?:s|ing)?|utili[sz]ed)\s+at(?:\s+(?:only|just|full|an?))?\s*\Z"),
    Cue("kept", "rate", "before", 6.2, rf"\b(?:retain(?:s|ed|ing)?|convert(?:s|ed|ing)){_ADVERBS}"),
    Cue("shots", "rate", "after", 6.0, r"\s+(?:shooting\b|of (?:his|her|its|their) (?:shots|passes|throws|serves|free throws|field goals|penalties)|from (?:the field|three|deep|beyond|behind|\d-point))\b"),
    Cue("level-of-rate", "rate", "left", 9.0, r"\b(?:inflation|unemployment|jobless rate|mortgage rates?|CPI|PCE|consumer prices|headline prices)\b(?!['’]s impact)\s+(?:[\w'’-]+\s+){0,6}?(?:to|at|of|by|rose|fell|hit|was|is|up|down|reached|climbed|eased|slowed|jumped|than|increased|cooled|figure of|holds? steady at)(?:\s+(?:about|around|just|to|a|an|only|annual))*\s*\Z"),
    Cue("of-time", "rate", "after", 6.5, r"\s+(?:of )?(?:the|their|his|her|its|your|my|our) (?:\w+\s)?(?:time|way|week|day|life|lives|hours|workday)\b(?! (?:spent|watched))"),
    Cue("of-cases", "rate", "after", 6.5, r"\s+of (?:all |the |those |its |these )?(?:[\w-]+\s){0,2}(?:cases|attempts|instances|trials|runs(?! on)|situations|scenarios|tries)\b"),
    Cue("of-projects", "rate", "after", 6.5, rf"\s+of (?:{_NEAR}\s+){{0,4}}?(?:projects|pilots|initiatives|deployments|implementations|programs|efforts|start-?ups|ventures)\s+(?:deliver\w*|fail\w*|succeed\w*|have|had|reach\w*|never|are|were|extract\w*|generat\w*|make|made|get|show\w*)\b"),
    Cue("levy-near", "rate", "left", 2.2, r"\b(?:tariffs?|tax(?:es)?|yields?|interest rates?|dut(?:y|ies))\b[^.;,]{0,22}\Z"),
    Cue("trust", "rate", "left", 3.4, r"\b(?:trust|confidence|approval|satisfaction|awareness|support|unease|optimism|favou?rability|compliance)\b[^.;]{0,60}\Z"),
    Cue("levy", "rate", "after", 5.5, r"\s*(?:(?!share)[a-z\-]+\s+){0,2}?(?:tariffs?|tax(?:es)?|dut(?:y|ies)|lev(?:y|ies)|interest|yields?|coupon|rates?|surcharge|inflation|unemployment|APR|APY|excise)\b"),
    Cue("levy", "rate", "left", 3.6, r"\b(?:tariffs?|lev(?:y|ies)|tax(?:es|ed)?|dut(?:y|ies)|interest rates?|federal funds|inflation|unemployment|yields?|coupon|CPI)\b[^.;]{0,60}\Z"),
    Cue("bond", "rate", "left", 4.4, r"\b(?:bonds?|notes|loans?|debt|mortgages?)\b[^.;,]{0,24}\b(?:at|paying|pays?|yielding|yields?|carr(?:y|ies|ying)|with)(?:\s+an?)?\s*\Z"),
    Cue("rate-word", "rate", "left", 3.4, r"(?<!growth )(?<!penetration )(?<!success )(?<!win )(?<!error )(?<!pass )(?<!hallucination )\b(?:hit |click[- ]through |churn |retention |conversion |adoption |attrition |vacancy |utili[sz]ation |approval |open |default )?rates?\b[^.;]{0,70}\Z"),
    Cue("utilised", "rate", "after", 4.0, r"\s*(?:[a-z\-]+\s+){0,1}(?:utili[sz]ation|retention|churn|adoption|uptime|availability|occupancy|capacity factor|click[- ]through|conversion)\b"),
    Cue("adoption", "rate", "left", 2.0, r"\b(?:adoption|retention|churn|utili[sz]ation|uptime|availability|turnout|occupancy)\b[^.;]{0,40}\Z"),
    # ---- money left over
    Cue("margin", "margin", "after", 6.5, r"\s*(?:[A-Za-z\-]+\s+){0,3}?margins?\b"),
    Cue("margin", "margin", "left", 5.0, r"\bmargins?\b[^.;]{0,60}\Z"),
    # ---- measured ability
    Cue("score", "benchmark", "after", 5.9, r"\s*(?:[a-z\-]+\s+){0,2}?(?:(?:solve|success|completion|win|pass|error|failure|detection)[- ]rate|accura(?:cy|te|tely)|precision|recall|pass(?: rate|@)|success|scores?|win[- ]rate|errors?|hallucinat\w+|false[- ]positives?|resolution rate|detection)\b"),
    Cue("on-test", "benchmark", "after", 5.5, r"\s+(?:on|in|at|across)\s+(?:the\s+)?(?:[A-Z0-9][\w.'’+-]*\s*){0,4}(?:[Bb]ench\w*|Verified|Evals?\b|MMLU|GPQA|AIME|ARC|HumanEval|Arena|[Bb]enchmark|HLE|Humanity|exams?|tests?\b|MATH|SimpleQA|OSWorld|Terminal|SWE)"),
    Cue("scored", "benchmark", "left", 4.2, r"\b(?:scor(?:e|es|ed|ing)|accuracy|more accurate|pass rate|success rate|hallucinat\w+|error rate|benchmarks?|win rate|detection rate|[A-Za-z-]*[Bb]ench(?:mark)?s?\b|MMLU\S*|GPQA|AIME|ARC-AGI\S*|Humanity['’]s Last|HumanEval|answered correctly|solv(?:e|es|ed|ing)|correctly|false positives?|evaluations?)\b[^.;]{0,60}\Z"),
    Cue("ability", "benchmark", "before", 5.6, rf"\b(?:catch(?:es|ing)?|caught|block(?:s|ed|ing)?|detect(?:s|ed|ing)?|answer(?:s|ed|ing)?|preserv(?:e|es|ed|ing)|solv(?:e|es|ed|ing)|complet(?:e|es|ed|ing)|nail(?:s|ed|ing)?|crack(?:s|ed|ing)?|refus(?:e|es|ed|ing)|identif(?:y|ies|ied|ying)|prevent(?:s|ed|ing)?|intercept(?:s|ed|ing)?|flag(?:s|ged|ging)?|miss(?:es|ed|ing)?|retriev(?:e|es|ed|ing)|reproduc(?:e|es|ed|ing)|resolv(?:e|es|ed|ing)|recall(?:s|ed|ing)?|fix(?:es|ed|ing)?|beat(?:s|ing)?|outperform(?:s|ed|ing)?|technique in|works? in|successful in|right|wrong){_ADVERBS}"),
    Cue("guards", "benchmark", "before", 5.2, rf"\b(?:(?:protect|guard|defend|shield|defen[cs]e)\w*(?: \w+){{0,2}} against|protect(?:s|ed|ing)?|defend(?:s|ed|ing)?|evad(?:e|es|ed|ing)|bypass(?:es|ed|ing)?|exploit(?:s|ed|ing)?){_ADVERBS}"),
    Cue("of-problems", "benchmark", "after", 4.6, rf"(?:\s+of)?\s+(?:{_NEAR}\s+){{0,4}}?(?:problems|questions|puzzles|challenges|exploits|test tasks|answers|responses|outputs|predictions|points|benchmarks|hidden tests)\b"),
    Cue("correct", "benchmark", "right", 3.0, r"\b(?:correct(?:ly)?|accurate(?:ly)?|solved|passed the|benchmark|bug-free|attempts|test cases|prompts)\b"),
    # ---- chance
    Cue("chance", "probability", "after", 6.5, r"\s*(?:[a-z\-]+\s+){0,1}(?:chance|probabilit|likelihood|odds|likely|risk of|certain|sure|confiden|favou?rable|possibility)"),
    Cue("chance", "probability", "left", 5.0, r"\b(?:chances?|probabilit(?:y|ies)|likelihood|odds|p\(doom\)|(?:Polymarket|Kalshi)(?:\s\w+){0,3}\s(?:odds|traders|bettors|users|puts?|gives?|gave|prices?|at))\b[^.;]{0,60}\Z"),
    # ---- ownership
    Cue("stake", "stake", "after", 6.5, r"\s*(?:[a-z\-]+\s+){0,2}?(?:stakes?|ownership|equity|shareholding|voting|economic interest|interest in|holding in|holder)\b"),
    Cue("stake", "stake", "left", 4.5, r"\b(?:stakes?|ownership|equity|shareholdings?|owned by|voting (?:power|rights)|interest)\b[^.;,]{0,45}\Z"),
    Cue("of-votes", "stake", "after", 6.5, rf"\s+of\s+(?:{_NC}\s+){{0,3}}?(?:voting (?:power|rights|shares|stock)|common stock|ordinary shares|outstanding (?:shares|stock)|share capital|Class [A-C])\b"),
    Cue("of-company", "stake", "after", 4.6, r"\s+of\s+(?:the\s+)?(?:company|firm|start-?up|subsidiary|combined (?:company|entity)|new (?:company|entity)|joint venture|(?:its|their|the)(?:\s\w+)? (?:stock|shares|common stock|subsidiary)|outstanding|shares)\b"),
    Cue("own-shares", "stake", "before", 2.6, rf"\b(?:own|owns|owned|owning|sold|acquir(?:e|es|ed|ing)|bought|buying|transferred){_ADVERBS}"),
    # ---- moves
    Cue("change-verb", "change", "before", 5.0, rf"(?<![A-Za-z-])(?<!make )(?<!made )(?<!makes )(?<!making ){_CHANGE}{_TRAIL}"),
    Cue("change-verb", "change", "before", 4.0, rf"(?<![A-Za-z-])(?:{UP}|{DOWN})\s+(?:[\w'’$.-]+\s+){{1,4}}?(?:by|of|at)\s*\Z"),
    Cue("change-verb", "change", "left", 3.2, r"\b(?:cut(?:s|ting)?|reduc(?:e|es|ed|ing)|slash(?:es|ed|ing)?|lower(?:s|ed|ing)?|boost(?:s|ed|ing)?|increas(?:e|es|ed|ing)|improv(?:e|es|ed|ing)|rais(?:e|es|ed|ing)|shrink(?:s|ing)?|driv(?:e|es|ing)(?: \w+){0,3} (?:up|down))\s+(?:[\w'’$.-]+\s+){1,6}?(?:by\s+)?\Z"),
    Cue("change-verb", "change", "left", 4.6, r"\b(?:gains?|drops?|losses|declines?|increases?|surges?|jumps?|cuts|hikes)\s+(?:rang\w+ (?:from|between)|between|from|as (?:high|much) as)\s*\Z|\b(?:rise|increase|drop|decline|fall|gain|reduction|jump)\s+in\s+[^.;,]{2,50}\s(?:by|of)\s*\Z"),
    Cue("downsize", "other", "before", 6.5, r"\bdownsiz(?:e|es|ed|ing)(?:\s+(?:its \w+|staff))?(?:\s+by)?\s*\Z"),
    Cue("closed", "change", "before", 6.0, r"\b(?:clos(?:e|es|ed|ing)|end(?:s|ed|ing)?|open(?:s|ed|ing)?|trad(?:e|es|ed|ing)|finish(?:es|ed|ing)?|settl(?:e|es|ed|ing))(?:\s+(?:up|down|about|the day|at|another))*\s*\Z"),
    Cue("change-verb", "change", "before", 5.0, r"\b(?:falloff|fall-off|drop-off|nosedive|jump|rise|growth|gains?|increase|decline|drop|slump|cut|reduction|surge|decrease|slide|hike|dip|downturn|upturn|correction) of(?:\s+(?:only|just|a|an|some|another|up to))*\s*\Z"),
    Cue("saved", "change", "after", 6.6, r"\s+in\s+(?:[\w-]+\s+){0,3}?savings\b"),
    Cue("change-noun", "change", "after", 5.2, rf"\s*(?:(?!share|market|{OPINION}|are\b|were\b|also\b|have\b|see\b|saw\b)[\w'’$.-]+\s+){{0,2}}?(?:increases?|jump|rise|growth|gains?|bump|hikes?|surge|spike|leap|drop|declines?|decreases?|fall|dip|slump|plunge|reductions?|cuts?|slide|uptick|contraction|rally|crash|correction|improvements?|expansion|boost|pop|rebound|drawdown|sell-?off|climb|loss|fall-?off|nosedive|pullback|premium|upside|downside|CAGR)\b"),
    Cue("on-year", "growth", "after", 2.6, r"\s*(?:(?!of\b|share)[\w'’$.-]+\s+){0,3}?\(?(?:year[- ](?:over|on)[- ]year|yoy\b|y/y|on[- ]year|quarter[- ](?:over|on)[- ]quarter|qoq\b|month[- ](?:over|on)[- ]month|mom\b|week[- ](?:over|on)[- ]week|annually|per year|a year(?! (?:ago|earlier))\b|a month\b|sequentially|compound)"),
    Cue("growth-word", "growth", "left", 3.4, r"\b(?:growth(?: rate)?|growing|grow|grew|CAGR|expansion)\b(?!\s+(?:from|to)\b)[^.;]{0,45}\Z"),
    Cue("compared", "growth", "after", 1.2, r"\s*(?:compared (?:to|with)|from (?:a|the same|last|the previous|the prior) |versus )"),
    Cue("on-day", "price_change", "right", 2.5, r"\b(?:pre-?market|after[- ]hours|extended trad\w+|intraday|in (?:early|late|morning|afternoon) trad\w+|year[- ]to[- ]date|at the close|on (?:Mon|Tues|Wednes|Thurs|Fri)day|in (?:Seoul|Tokyo|Taipei|Hong Kong|Shanghai|Shenzhen|Amsterdam|Frankfurt|Paris|London|New York)(?= (?:on|trading)|[.,]|\Z))\b"),
    Cue("points", "price_change", "after", 4.0, r",? (?:or|to) [\d,.]+ points\b|\s*(?:at|to) \$[\d,.]+"),
    Cue("discount", "price_change", "left", 6.5, r"\b(?:discounts?|discounted|markdowns?|[Ss]av(?:e|es|ing|ings)|rebates?)\b(?:\s+(?:by|of|up|to|an?|as much as|rang\w+|from|between|or|[$€£¥]\s?[\d,.]+|[\d,.]+ (?:dollars|euros|pounds|yuan|rupees|yen)|additional|extra|further))*\s*\Z"),
    Cue("returned", "price_change", "left", 5.6, r"\b(?:(?:stock|shares|fund|index|sector|industry|ETF|S&P 500|portfolio)(?:['’]s)?\s+(?:has|have|had|also)?\s*(?:return(?:ed|s)?|appreciat\w+)|(?:ROI|return|appreciation|total return|gains?)\s+of|(?:winning|losing) streak|nosedive[sd]?)\b[^.;%]{0,30}\Z"),
    Cue("off-peak", "price_change", "after", 6.4, r"\s+(?:below|above|under|off|from|down from|lower than|shy of|short of)\s+(?:its|their|the|a|an|last|this|[A-Z]\w+['’]s)\s+(?:[\w’'-]+\s+){0,3}?(?:highs?|lows?|peaks?|record|all-time|ATH|close|closing price|IPO price|offer price|listing price|moving average)\b|\s+(?:below|above|under)\s+(?:its|their|the|last|this)\s+(?:[\w’'-]+\s+){0,2}?(?:price|round|valuation)\b"),
    Cue("discount", "price_change", "after", 5.5, r"\s*(?:[a-z\-]+\s+){0,1}(?:discount|off\b|returns?\b(?! (?:rate|on equity|on assets))|price (?:cut|hike|increase|rise|drop|reduction)|markdown|rebate|savings?\b)"),
    # ---- comparisons, limits, cuts
    Cue("than", "other", "after", 5.4, r"\s+(?:[a-z\-]+ly\s+)?(?:more|less|fewer|cheaper|faster|slower|higher|lower|better|worse|larger|smaller|longer|shorter|greater|weaker|stronger|quicker)\b(?!\s*(?:[,.;]|\Z))"),
    Cue("than-level", "other", "after", 4.4, r"\s+(?:below|above|under|over(?!\s+(?:the (?:past|last|year|next|previous|prior|same|course|weekend)|a |its |\w+ (?:days|weeks|months|years))))\b(?!\s*(?:[,.;]|\Z))"),
    Cue("than-end", "other", "after", 4.6, r"\s+(?:cheaper|faster|slower|higher|lower|better|smaller|larger|less|more)\b"),
    Cue(
        "of-price",
        "other",
        "after",
        10.0,
        r"\s+(?:of\s+)?(?:the|its|their)\s+(?:\w+\s+){0,1}?(?:price|cost)s?\s+(?:of\s+)?(?:its|their|[A-Z]|comparable|rivals?|an?\b|competing|competitors?|similar|other|comp)|\s+(?:of\s+)?(?:the|its)\s+(?:price|cost)\s*(?:[.,;)]|\Z)",
    ),
    Cue("of-price", "other", "after", 5.2, rf"\s+(?:of\s+)?(?:the\s+|its\s+|their\s+|that\s+|what\s+)?(?:{_W}\s+){{0,2}}?(?:price|cost of|cost\b|residual value|value of|size of|size\b|speed|amount|level|capacity of|energy consumption of|performance|capabilit(?:y|ies)|quality|accuracy|strength|thickness|length|height|weight of|brightness)\b"),
    Cue("of-other", "other", "after", 7.5, r"\s+of\s+(?:that of\b|[A-Z][\w-]*['’]s?\s*(?=[.,;)]|\Z)|those of\b|what\b)"),
    Cue("half-the", "other", "after", 3.0, r"\s+(?:the|that|as|its|their|what|their)\s+(?!(?:world|market|total|top|users|people|revenue|time|Fortune|industry|country|internet|web)\b)"),
    Cue("half-of", "share", "after", 3.4, rf"\s+(?:the|its|their|all)\s+(?:{_NC}\s+){{0,3}}?(?:{WHOLES}|Fortune \d+|S&P \d+|market|industry|world|country|web|internet)\b(?!\s+(?:of|that|as|than|from)\b)(?!['’])"),
    Cue("in-half", "other", "left", 5.2, r"\b(?:cut|cuts|cutting|slash(?:es|ed|ing)?|reduc(?:e|es|ed|ing)|split)\b[^.;,]{0,50}\b(?:in|by)\s*\Z(?<=in )"),
    Cue("workforce", "other", "after", 6.0, rf"\s+of\s+(?:{_W}\s+){{0,4}}?(?:workforces?|staff|headcount|personnel)\b"),
    Cue("workforce", "other", "after", 6.0, rf"\s+of\s+(?:its|their|the company['’]s|his)\s+(?:{_NC}\s+){{0,3}}?(?:employees|positions|roles|jobs|workers)\b"),
    Cue("workforce", "other", "left", 6.2, r"\b(?:lay(?:s|ing)? off|laid off|layoffs?|firing|fired|let go|letting go|job cuts?)\b[^.;,]{0,30}\Z"),
    Cue("saving", "price_change", "before", 5.8, r"\b[Ss]av(?:e|ing|ings of)(?:\s+up to)?\s*\Z"),
    Cue("by-how-much", "change", "left", 3.4, rf"(?<![A-Za-z-])(?:{_CHANGE})\s+(?:by\s+|to\s+)?[^,.;%]{{2,40}},\s*(?:or\s+)?\Z"),
    Cue("workforce", "other", "left", 6.0, r"\b(?:workforce|headcount|staff(?:ing)?)\b[^.;,]{0,30}\bby\s*\Z"),
    Cue("workforce", "other", "left", 9.0, r"\b(?:workforce|headcount|staff|employees|workers)\b[^.;]{0,70}(?:,|—|\bor)\s*(?:or\s+)?(?:about\s+|an?\s+)?(?:(?:decline|reduction|cut|drop|decrease)\s+of\s+)?\Z"),
    Cue("position", "other", "left", 6.5, r"\b(?:position|stake|holdings?)\b\s+(?:in [\w .]+)?by\s*\Z"),
    Cue("fine", "other", "left", 7.5, r"\b(?:fine[sd]?|fining|penalt(?:y|ies)|penali[sz]ed?)\b[^.;]{0,80}\Z"),
    Cue("degree", "other", "after", 5.8, r"[\s-]+(?:there\b|complete\b|completed\b|done\b|finished\b|full\b|charged?\b|battery\b|brightness\b|volume\b|humidity\b|opacity\b|zoom\b|remote\b|natural\b|recyclable\b|human\b|wholly\b|(?:[\w]+-)?(?:owned|free|generated|controlled|funded)(?:\b(?!\s+by))|[\w]+-(?:efficient|made|written|based))"),
    Cue("degree", "other", "left", 4.6, r"\b(?:battery|charged?|charging|brightness|humidity|opacity)\b[^.;,]{0,20}\Z"),
    Cue("equals", "other", "before", 5.4, rf"\b(?:equal(?:s|ing|ling)?(?: to)?|equivalent (?:of|to)|relative to|comparable to|shr[aiu]nk\w* (?:\w+ ){{1,5}}to){_ADVERBS}"),
    Cue("gdp", "other", "after", 5.2, r"\s+of\s+(?:(?!by\b)[\w'’.]+\s+){0,4}?(?:GDP|gross domestic product)\b"),
    Cue("limit", "other", "left", 5.0, r"\b(?:(?:can|may|must|shall) (?:only|not|at most)|fines? of|capped at|limited to|(?:cap|ceiling|limit|maximum) (?:of|is|at)|restricted to)\b[^.;,]{0,40}\Z"),
    Cue("exclude", "rate", "before", 4.8, rf"\b(?:exclud(?:e|es|ed|ing)|affect(?:s|ed|ing)?|impact(?:s|ed|ing)?|displac(?:e|es|ed|ing)){_ADVERBS}"),
    Cue("workforce", "other", "after", 6.0, r"\s+of\s+(?:the company['’]s|[A-Z][\w&.]*['’]s?)\s+(?:[\w-]+\s+){0,3}?(?:employees|staff|workers|jobs|positions|team)\b(?!\s+(?:use|are using|say|said|have|now))"),
    Cue("spec", "other", "after", 6.5, rf"\s+of\s+(?:{_NC}\s+){{0,5}}?(?:standard|spectrum|gamut|colou?r space|sRGB|DCI.P3|Rec\.? ?2020|pixels|screen|inch|field of view|range of motion|daily value|dose|body weight|diameter)\b"),
    Cue("team", "other", "after", 6.0, r"\s+of\s+(?:(?!the industry)[\w'’.-]+\s+){0,5}?(?:teams?|co-?founders|crew|newsroom|management|leadership|board)\b(?!\s+(?:use|say|said|have|are|report))"),
    Cue("can", "other", "before", 4.6, r"\bcan\s+(?:now\s+|already\s+|only\s+|also\s+)?(?!account|make up|hold|control)[a-z]+(?:\s+(?:on|out|through|with|up))?\s*\Z"),
    Cue("pays", "other", "before", 4.6, rf"\b(?:cover(?:s|ed|ing)?|pay(?:s|ing)?(?: for)?|paid(?: for)?|fund(?:s|ed|ing)?|reimburs\w+|subsidi[sz]\w+|refund\w*|match(?:es|ed|ing)?){_ADVERBS}(?<=\s)(?=\Z)"),
    Cue("converted", "other", "right", 10.0, r"^\s+of\s+(?:[^,;.]|(?<=[A-Z])\.){3,60}?\b(?:be|being|gets?|got)\s+(?:[a-z]+ly\s+)?(?:convert|repurpos|refurbish|retrofit|renovat|rebuil|refit|overhaul|modernis|moderniz|upgrad|redevelop|relocat|mov|switch|mothball|decommission)\w*\b"),
    Cue("converted", "other", "before", 8.0, rf"\b(?:convert\b|(?:repurpos|refurbish|retrofit|renovat|rebuil|refit|overhaul|modernis|moderniz|upgrad|redevelop|relocat|mothball|decommission)(?:e|s|es|d|t|ed|ted|ing|ting)?){_ADVERBS}"),
    Cue("could-close", "other", "right", 6.0, r"^\s+of\s+(?:[^;.]|(?<=[A-Z])\.){3,60}?\b(?:could|may|might|will|would) (?:already |soon |also )?(?:close|shut|disappear|fail|vanish|go bankrupt|lose|be (?:automated|replaced|eliminated|displaced|lost|cut|affected))\b"),
    Cue("reached-users", "rate", "left", 3.4, r"\b(?:appl(?:y|ies|ied)|available|roll\w* out|shown|visible|limited|open(?:ed)?|appear\w*|launch\w*|test(?:s|ed|ing))\b[^.;,]{0,34}\b(?:to|for|with|by|among)\s*\Z"),
    Cue("off-price", "price_change", "after", 10.0, r"\s+(?:below|beneath|under|above|off|(?:less|lower|cheaper|more|higher) than)\s+(?:(?!of\b|target)[\w'’.-]+\s+){0,3}?(?:prices?|list|retail|tariffs?|fees?)\b(?!\s+targets?)"),
    Cue("of-performance", "other", "after", 6.4, rf"\s+of\s+(?:{_NC}\s+){{0,5}}?(?:performance|capabilit(?:y|ies)|quality|accuracy|intelligence|horsepower|frame rate)\b"),
    Cue("advice", "other", "left", 5.2, r"\b(?:recommend(?:s|ed|ing)?|advis(?:e|es|ed|ing)|should|you(?:['’]ll| can| should| could| may| must| get| keep| pay| have)?)\b[^.;,]{0,60}\Z"),
    Cue("limit", "other", "left", 5.2, r"\b(?:can(?:no|['’])t|may not|must not|not allowed to|prohibited from|barred from)\b[^.;,]{0,90}\Z"),
    Cue("yours", "other", "after", 6.5, r"\s+of (?:your|my)\b"),
    Cue("limits", "other", "after", 6.5, r"\s+of (?:[\w'’-]+\s){0,3}limits?\b"),
    Cue("percentile", "other", "before", 7.0, r"\b(?:top|bottom|richest|poorest|wealthiest|upper|lowest|highest)\s*\Z"),
    Cue("wiped-out", "other", "before", 7.5, rf"\b(?:wip(?:e|es|ed|ing) out|eliminat(?:e|es|ed|ing)|replac(?:e|es|ed|ing)|displac(?:e|es|ed|ing)|remov(?:e|es|ed|ing)|automat(?:e|es|ed|ing)|wast(?:e|es|ed|ing)|conserv(?:e|es|ed|ing)|destroy(?:s|ed|ing)?|scrap(?:s|ped|ping)?|drop(?:s|ped|ping)? an? average of){_ADVERBS}"),
    Cue("wiped-out", "other", "right", 6.0, r"^\s+of\s+(?:[^,;.]|(?<=[A-Z])\.){3,50}?\b(?:be|been|are|were|is|was)\s+(?:\w+\s+to be\s+|already\s+|soon\s+)?(?:eliminated|replaced|displaced|lost|automated|wiped|cut|removed)\b"),
    Cue("split", "other", "left", 5.6, r"\b(?:revenue|profit)[- ](?:share|split|sharing)\b(?! of)[^.;]{0,50}\Z"),
    Cue("split-to", "other", "after", 6.6, rf"\s+of\s+(?:{_NC}\s+){{0,4}}?(?:revenues?|profits?|fees|earnings|proceeds|sales|income|royalties|tips|fares?|takings)\s+(?:{_NC}\s+){{0,3}}?(?:to|with)\s+(?!date\b)"),
    Cue("fee", "other", "after", 6.0, r"\s*(?:[a-z\-]+\s+){0,2}?(?:fees?|commissions?|royalt(?:y|ies)|(?:cut|slice|take|rake)\s+(?:of|on|from)\s+(?:[\w'’.-]+\s+){0,3}?(?:each|every|all|any|the|its|their|sales|revenues?|transactions|subscriptions|purchases|earnings|profits))\b"),
    Cue("fee", "other", "left", 4.4, r"\b(?:commissions?|royalt(?:y|ies)|fees?|revenue[- ]shar(?:e|ing)|take rate)\b(?:\s+(?:rates?|of|is|was|at|to|from|are|were|as high as|rang\w+|between|remains?|cut|lowered|drops?|dropped|the|a|about|payments))*\s*\Z"),
    Cue("beat", "other", "left", 7.2, r"\b(?:beat(?:s|ing|en)?|surpass\w*|topp?(?:s|ed|ing)?|exceed\w*|miss(?:es|ed|ing)?|outpac\w+|(?:above|below|ahead of))\b[^.;]{0,80}\b(?:estimates?|consensus|expectations|forecasts?|guidance)\b[^.;]{0,24}\bby\s*\Z"),
    Cue("hands-over", "other", "before", 6.4, rf"\b(?:donat(?:e|es|ed|ing)|pledg(?:e|es|ed|ing)|giv(?:e|es|ing)(?: up| away| back)?|gave(?: up| away)?|hand(?:s|ed|ing)? over|remit(?:s|ted|ting)?|turn(?:s|ed|ing)? over|fork(?:s|ed|ing)? over|forfeit(?:s|ed|ing)?|surrender(?:s|ed|ing)?|pay(?:s|ing)?(?: out| back)?(?: (?:(?:the|its|their) )?\w+(?: \w+)?)?|paid(?: out| back)?){_ADVERBS}"),
    Cue("flow-ratio", "other", "after", 5.6, r"\s+of\s+(?:[\w'’.-]+\s+){0,3}?(?:cash flows?|EBITDA|market (?:cap(?:itali[sz]ation)?|value)|net worth|salar(?:y|ies)|base pay|valuation|book value)\b"),
    Cue("capex-ratio", "other", "left", 6.6, r"\b(?:capex|capital (?:expenditures?|spending|intensity)|R&D(?: spending| expenses?| costs?)?|research spending)\b[^.;,]{0,40}\b(?:is|was|be|at|to|reach\w*|equal\w*|represents?)\s*\Z"),
    Cue("split", "other", "before", 3.4, rf"\b(?:keeps?|kept|keeping|retain(?:s|ed|ing)?|pays? out|handing over|give up){_ADVERBS}"),
    Cue("guarantee", "other", "left", 3.0, r"\b(?:guarantee(?:s|d|ing)?|cap(?:s|ped)|limit(?:s|ed)?|quota|threshold|target(?:s|ed)? of|compression|backstop\w*)\b[^.;]{0,30}\Z"),
    Cue("discarded", "other", "after", 2.5, r"\s+(?:renewable|clean|carbon|natural|certain|reserve|pure|organic|recycled)\b"),
    # ---- Chinese
    Cue("zh-占", "share", "left", 5.5, r"(?:占(?!用)|佔)[^，。；！？]{0,28}\Z"),
    Cue("zh-份额", "share", "left", 5.5, r"(?:份额|份額|市占率|市佔率|占有率|占比|佔比|比重|比例|渗透率)[^，。；！？]{0,18}\Z"),
    Cue("zh-份额", "share", "after", 6.0, r"\s*(?:以上|左右)?的?(?:[\u4e00-\u9fff]{0,8})(?:份额|份額|市占率|占有率|市佔率)"),
    Cue("zh-份额", "share", "after", 5.5, r"\s*(?:、|和|及)\s*[约近超]?[\d.]+%(?:的)?[^，。；]{0,6}(?:份额|市占率|占比)"),
    Cue("zh-较", "share", "before", 2.0, r"(?:较|比)[^，。；]{0,10}的\s*\Z"),
    Cue("zh-来自", "share", "after", 4.2, r"\s*的?[^，。；！？]{1,20}?(?:均|都|将)?(?:来自|來自|来源于|用于|用於|流向|投向|归|属于|由|与[^，。；]{1,12}相关|集中|使用|选择|采用)"),
    Cue("zh-来自", "share", "after", 4.0, r"\s*(?:均|都|将)?(?:来自|來自|来源于|用于|用於|流向|投向|归|属于)"),
    Cue("zh-的", "share", "after", 1.5, r"\s*(?:以上|左右)?的(?:市场|收入|营收|流量|用户|客户|算力|代码|订单|产能|电力|资金|销量|出货|token|Token|词元|股权)"),
    Cue("zh-人", "rate", "after", 4.0, r"\s*(?:以上)?的?(?:受访|消费者|企业|公司|开发者|人|员工|用户|网民|学生|美国人|家庭|职场)[^，。；！？]{0,24}?(?:表示|认为|称|担心|希望|计划|已|使用|相信|愿意|支持|会)"),
    Cue("zh-率", "rate", "left", 5.0, r"(?:关税|關稅|税率|利率|收益率|通胀|失业率|点击率|留存率|流失率|使用率|利用率|转化率|复购率|开工率|稼动率|普及率|采用率|CPI|股息率|费率|佣金)[^，。；！？]{0,18}\Z"),
    Cue("zh-率", "rate", "after", 5.5, r"\s*的?(?:关税|關稅|税率|利率|税|佣金|抽成|年息)"),
    Cue("zh-毛利率", "margin", "left", 6.5, r"(?:毛利率|净利率|利润率|淨利率)[^，。；！？]{0,18}\Z"),
    Cue("zh-毛利率", "margin", "after", 6.5, r"\s*的?(?:毛利率|净利率|利润率)"),
    Cue("zh-得分", "benchmark", "left", 6.0, r"(?:准确率|準確率|得分|胜率|成功率|通过率|错误率|幻觉率|命中率|正确率|良率|良品率|识别率|检出率|分数|达成率|行业均值)[^，。；！？]{0,14}\Z"),
    Cue("zh-得分", "benchmark", "after", 5.5, r"\s*的?(?:准确率|胜率|成功率|正确率|通过率|得分)"),
    Cue("zh-概率", "probability", "left", 6.0, r"(?:概率|可能性|几率|機率|胜算|机率)[^，。；！？]{0,14}\Z"),
    Cue("zh-概率", "probability", "after", 6.5, r"\s*的?(?:概率|可能性|几率|機率|机会|把握)"),
    Cue("zh-股权", "stake", "left", 5.8, r"(?:持股|股权|股權|股份|减持|增持|控股|入股|表决权|投票权)[^，。；！？]{0,14}\Z"),
    Cue("zh-股权", "stake", "after", 6.5, r"\s*的?(?:[\u4e00-\u9fff]{0,6})(?:股权|股權|股份|持股|权益|表决权|投票权)"),
    Cue("zh-涨跌", "change", "left", 5.2, r"(?:涨|跌|挫|高开|低开|涨幅|跌幅|漲|反弹|拉升|回撤)(?:幅|了|到|至)?(?:[一]?度)?(?:最高)?(?:[近约超逾达為为至过]|超过|接近|最高达|达到|分别)*\s*\Z"),
    Cue("zh-增减", "change", "left", 5.0, r"(?:增长|增長|增幅|增速|增加|激增|增至|下降|下滑|减少|减|降幅|提升|提高|降低|回升|上升|攀升|扩大|飙升|上调|下调|猛增|大增|缩减|缩水|裁员|裁减|降价|涨价|调涨|调降|降|增)(?:[了约近超达为為至到逾过早就破将仅高]|超过|接近|最高|最多|已经|预期|分别|幅度)*\s*\Z"),
    Cue("zh-同比", "growth", "left", 3.6, r"(?:同比|环比|較去年|较上年|较去年|比上年|较第|年均|复合)[^，。；！？]{0,18}\Z"),
    Cue("zh-同比", "growth", "after", 4.0, r"\s*的?(?:同比|环比)?(?:增长|增幅|增速|涨幅|降幅|跌幅|增長)"),
    Cue("zh-增速", "growth", "left", 4.6, r"(?:增速|增长率|KPI（增速）)[^。；！？]{0,16}\Z"),
    Cue("zh-性能", "other", "left", 6.0, r"(?:性能|功耗|密度|成本|效率|速度|延迟|耗时|时延|能效|吞吐|体积|面积)[^，。；！？]{0,12}(?:提升|降低|提高|下降|减少|缩短|节省|增加|低|高|快)[^，。；！？]{0,6}\Z"),
    Cue("zh-相当于", "other", "left", 5.5, r"(?:相当于|仅为|只有|仅需)[^，。；！？]{1,24}的?(?:约)?\s*\Z"),
    Cue("zh-裁员", "other", "left", 5.5, r"(?:裁员|裁减|裁掉)[^，。；！？]{0,12}\Z"),
    Cue("zh-裁员", "other", "after", 4.5, r"\s*的?(?:员工|岗位|人员|人手)(?:将)?(?:被)?(?:裁|遭)"),
    Cue("zh-价格", "price_change", "left", 3.0, r"(?:定价|价格|报价|售价|股价|单价|代工价|房价|金价|指数|概念股|板块)[^，。；！？]{0,24}\Z"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Table:
    """The cues compiled, and by their numbers which need to be tried: by what stands left, by "of" behind."""

    rows: tuple[tuple[Cue, re.Pattern[str]], ...]
    left: CueIndex
    right: frozenset[int]
    right_of: frozenset[int]

    def tries(self, left: str, right: str) -> list[tuple[Cue, re.Pattern[str]]]:
        """The cues that can apply between these words, in the order of the table."""
        behind = self.right | self.right_of if _OF.match(right) else self.right
        return [self.rows[number] for number in sorted(self.left.possible(left) | behind)]


@cache
def _table() -> _Table:
    rows = tuple(
        (cue, expression(cue.pattern, re.IGNORECASE if cue.name not in ("on-test", "of-other") else 0))
        for cue in CUES
    )
    right = {n for n, cue in enumerate(CUES) if cue.side in ("after", "right")}
    right_of = {n for n in right if CUES[n].pattern.lstrip("^").startswith((r"\s+of\s", r"\s+of "))}
    left = cue_index((n, cue.pattern) for n, cue in enumerate(CUES) if n not in right)
    return _Table(rows, left, frozenset(right - right_of), frozenset(right_of))


_OF: Final = expression(r"\s+of\s", re.IGNORECASE)


BASIS_POINTS: Final = 4.0
"""Basis points are the unit of interest rates and yields; a margin or a growth rate must be named to win."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How much speaks for each kind, and the strongest cue of each."""

    weights: tuple[tuple[Kind, float], ...]
    rules: tuple[tuple[Kind, str], ...]

    def weight(self, kind: Kind) -> float:
        return dict(self.weights).get(kind, 0.0)

    def rule(self, kind: Kind) -> str:
        return dict(self.rules).get(kind, kind)

    def plus(self, more: Mapping[Kind, float], rule: str) -> Verdict:
        """With what speaks besides the cues; the new rule is the kind's, as nothing stronger is known."""
        sums = dict(self.weights)
        for kind, weight in more.items():
            sums[kind] = sums.get(kind, 0.0) + weight
        return Verdict(
            tuple(sums.items()),
            (*((k, r) for k, r in self.rules if k not in more), *((k, rule) for k in more)),
        )


_CLAUSE_LEFT: Final = expression(r"\s[—–]\s|—|[;；。！？!?\n]|(?<!\b[A-Z])\.\s")
_ASIDE: Final = expression(r"\A\s*\([^()]{0,12}\d%[^()]{0,6}\)|, or [\d.]+%,?")
"""The same number again, which is no word of the sentence: "two-thirds (63%) of firms", "21 of the 100 videos, or 21%"."""
_CLAUSE_RIGHT: Final = expression(r"[;；。！？!?\n]|(?<!\b[A-Z])\.(?:\s|\Z)")


_LEVEL_HEDGE: Final = expression(
    r"(?:below|beneath|under|above|past|beyond|as low as|as high as)\b", re.IGNORECASE
)


def weigh(setting: Setting, *, han: bool) -> Verdict:
    """What the words around a number say that it is; Chinese cues only where the text has Han characters."""
    left = _CLAUSE_LEFT.split(setting.left[-120:])[-1]
    right = _CLAUSE_RIGHT.split(_ASIDE.sub("", setting.right[:120]))[0]
    hedge = setting.full[setting.quantity.outer_start : setting.quantity.start]
    if _LEVEL_HEDGE.match(hedge):
        left += "to "  # "fell below 50%" names a level, not a change
    sides = {"before": left[-56:], "after": right, "left": left[-90:], "right": right[:80]}
    sums: dict[Kind, float] = {}
    best: dict[Kind, tuple[float, str]] = {}
    seen: set[tuple[str, str]] = set()
    if setting.quantity.unit == "basis_point":
        sums["rate"] = BASIS_POINTS
        best["rate"] = (BASIS_POINTS, "basis-points")
    for cue, pattern in _table().tries(sides["left"], right):
        if (cue.name.startswith("zh-") and not han) or (cue.name, cue.kind) in seen:
            continue
        text = sides[cue.side]
        if not (pattern.match(text) if cue.side == "after" else pattern.search(text)):
            continue
        seen.add((cue.name, cue.kind))
        sums[cue.kind] = sums.get(cue.kind, 0.0) + cue.weight
        if cue.weight > best.get(cue.kind, (0.0, ""))[0]:
            best[cue.kind] = (cue.weight, cue.name)
    return Verdict(tuple(sums.items()), tuple((kind, name) for kind, (_, name) in best.items()))
