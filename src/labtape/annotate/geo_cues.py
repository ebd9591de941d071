"""The words that tell of states against states: measures taken, measures undone, races; and how far a thing has gone.

Expressions are searched in text folded by `annotate.patterns.fold` and match whole words. They are rules about
language, not about persons or firms: nothing here names one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from labtape.annotate.patterns import PatternSet, pattern_set

if TYPE_CHECKING:
    from labtape.types import GeoDirection, GeoStage

_THING = r"(?:chips?|gpus?|semiconductors?|models?|apps?|technology|tech|equipment|ai|sales|shipments|exports?|imports?|minerals|drones|routers|telecoms?)"
#: Who acts for a state in matters of technology and security.
_POWER = r"(?:white house|pentagon|governments?|administration|trump|biden|commerce department|department of (?:war|defen[cs]e)|defen[cs]e (?:department|secretary|ministry)|feds|hegseth|washington|beijing|brussels|kremlin|eu|china|nsa|officials)"


@dataclass(frozen=True, slots=True)
class GeoCue:
    """What an expression says: where things go, how much it weighs, and whether a state must be named beside it."""

    direction: GeoDirection
    weight: float
    needs_state: bool


_STATES_ALONE: tuple[tuple[GeoDirection, float, str], ...] = (
    # no state need be named: only states do this
    ("tightening", 3.0, r"export[- ](?:controls?|curbs?|restrictions?|bans?|blacklists?|rules?|limits?)"),
    ("tightening", 3.0, r"(?:u\.s\. |us |american |western |eu )?sanctions|sanctioned"),
    ("tightening", 3.0, r"entity list|trade blacklist|trade restrictions|chip (?:ban|curbs?|embargo)|tech (?:embargo|blockade)"),
    ("none", 2.6, r"five eyes|aukus|nato|intelligence alliance|五眼联盟|北约"),
    ("tightening", 2.6, r"tariffs?|import duties|section 301|section 232"),
    ("tightening", 2.6, r"(?:import |\d+% )dut(?:y|ies) (?:on|of)|\d+% (?:import )?dut(?:y|ies)|duties on"),
    ("tightening", 2.2, r"travel ban|(?:illegally|illicitly) export\w*|smuggl\w+ (?:[\w'-]+ ){0,4}(?:chips?|gpus?|servers)"),
    ("tightening", 2.2, r"de-?coupl(?:e|ing)|de-?risking"),
    ("easing", 2.6, r"trade (?:truce|deal|pact)|tariff (?:truce|pause|relief|exemptions?|cuts?)"),
    ("tightening", 2.2, r"trade (?:war|barriers)"),
    ("rivalry", 3.0, r"(?:ai|tech|technology|chip|arms|space) (?:arms race|cold war|war)"),
    ("rivalry", 2.4, r"ai race|tech race|space race|global race|ai supremacy|technological (?:sovereignty|supremacy|leadership|independence)"),
    ("rivalry", 2.6, r"chips act|sovereign (?:ai|cloud|compute|model|tech)\w*|ai sovereignty|digital sovereignty|(?:data|tech|technological|european|national) sovereignty|sovereignty debate|national champions?|industrial policy"),
    ("rivalry", 1.8, r"(?:us|u\.s\.|sino|china|america)[-–](?:china|chinese|us|u\.s\.|american) (?:[\w-]+ ){0,2}(?:war|battle|rivalry|tensions?|race|competition|relations|contest)"),
    ("rivalry", 1.8, r"中美"),
    ("tightening", 3.0, r"出口管制|出口限制|出口禁令|实体清单|制裁|芯片禁令|加征关税|关税|技术封锁|卡脖子|脱钩|反倾销"),
    ("easing", 2.6, r"贸易休战|关税豁免|解除(?:制裁|禁令|限制)|取消(?:关税|限制)|放宽(?:出口|管制|限制)"),
    ("rivalry", 2.4, r"科技战|贸易战|芯片战|军备竞赛|自主可控|国产替代|国产化|科技自立自强|主权(?:ai|云|大模型|人工智能)"),
)  # fmt: skip

_WITH_STATE: tuple[tuple[GeoDirection, float, str], ...] = (
    ("tightening", 2.2, rf"(?:ban|block|bar|restrict|curb|limit|halt|outlaw|prohibit)(?:s|ned|ed|red|bed|ning|ing|ring|bing)? (?:[\w'.-]+ ){{0,5}}(?:{_THING}|access|takeover|deal|acquisition|investments?|use|purchas\w+|companies|firms|citizens|nationals)"),
    ("tightening", 2.0, r"locked out of|cut off from|shut out of|forced? to (?:sell|divest|unwind)|blacklist(?:ed|s|ing)?|restrict(?:ing|ions?|ed) (?:[\w'.-]+ ){0,4}(?:access|exports?|sales)"),
    ("tightening", 2.0, r"crack(?:s|ed|ing)? ?down|crackdown|clamp\w* down|tighten(?:s|ed|ing)?|tight control|curbs on|ban on|bans on|limits on|restrictions on|bans? (?:chinese|foreign|american|u\.s\.|western|russian)"),
    ("tightening", 2.2, r"(?:new|china|chip|export|stricter|tougher) (?:[\w-]+ ){0,2}rules?|licen[cs](?:e|ing) (?:threshold|requirements?|rules?)|(?:need|require)(?:s|d)? (?:an? )?(?:export )?licen[cs]es?|(?:shut|clos)(?:s|ting|es|ed|ing)? (?:the )?(?:[\w'-]+ ){0,3}(?:door|loophole)"),
    ("tightening", 2.6, r"tighter (?:[\w-]+ ){0,3}(?:rules|regulation|oversight|controls|scrutiny)"),
    ("tightening", 1.6, r"retaliat\w+|countermeasures?|espionage|spying|supply[- ]chain risk|national security (?:risk|threat|concern|review|probe)s?|security (?:review|threat)|distillation attacks?|cyber (?:ops|operations|offensive)"),
    ("tightening", 1.2, r"probe into|investigat(?:es|ed|ing|ion) (?:[\w'-]+ ){0,4}(?:chinese|foreign|american|u\.s\.)|fresh scrutiny"),
    ("tightening", 2.2, r"(?:labell?|designat|flag|brand)(?:s|es|ed|ing|e) (?:[\w'.-]+ ){0,5}(?:supply[- ]chain|security) (?:risk|threat)s?"),
    ("tightening", 1.8, r"ban(?:s|ned|ning)|(?:orders?|ordered|forces?|forced|tells|told) (?:[\w'.-]+ ){0,4}(?:agencies|companies|firms|to (?:stop|drop|delay|halt|unwind|divest|sell|remove|block))"),
    ("rivalry", 2.2, r"accus(?:es|ed|ing) (?:[\w,'.-]+ ){0,5}(?:chinese|china|russian|russia|beijing|iranian|north korean)|(?:copy|copying|copied|distill\w*|steal\w*|stole|theft of|poach\w*|targeting) (?:[\w'.-]+ ){0,5}(?:american|u\.s\.|us|taiwan's|western|chip|models?|technology|secrets|talent)"),
    ("rivalry", 1.6, r"dead heat|neck and neck|still leads?|takes the lead|lead over|fake accounts|influence operation|propaganda"),
    ("easing", 2.2, r"(?:approval|permission|green light|go-ahead|clearance) (?:to|for|from)|thaw(?:s|ing)?|agree(?:s|d)? (?:on|to) (?:[\w'-]+ ){0,4}deal"),
    ("easing", 2.4, r"(?:lift|eas|relax|loosen|drop|remov|roll|scrap|revok|rescind|waiv|suspend|paus|delay|postpon|soften)(?:es|e|s|ed|ped|ing|ping|ls|led|ling)? (?:back )?(?:[\w'-]+ ){0,2}(?:bans?|curbs?|restrictions?|controls?|tariffs?|sanctions|rules|export\w*|increases|limits)"),
    ("easing", 2.2, r"(?:allow|let|permit|clear|approv|greenlight|licens|authori[sz])(?:s|e|es|ed|ing|ting)? (?:[\w'.-]+ ){0,6}(?:sell|sale|sales|export\w*|ship\w*|resume|chips?|licen[cs]es?|redeploy|access|return)"),
    ("easing", 2.0, r"resum(?:es?|ed|ing) (?:[\w'.-]+ ){0,4}(?:sales|shipments|exports|talks)|(?:export )?licen[cs]es? (?:granted|issued|approved)|exempt(?:s|ed|ion|ions)?|lower tariffs"),
    ("easing", 1.6, r"(?:bilateral|government-to-government|trade) (?:talks|agreement|cooperation|deal)|summit between|memorandum .{0,40}governments?"),
    ("rivalry", 2.0, r"rival(?:ry|s)?|compet(?:e|es|ing|ition|itor|itors) (?:with|against|from|between)|arms race|race (?:to|for|with|against|between)|racing|battle (?:over|for|between|with)|frontline|showdown|at each other.?s throats|cold war"),
    ("rivalry", 2.0, r"(?:catch(?:es|ing)? up|caught up|lag(?:s|ging)? behind|clos(?:e|es|ing) the gap|overtak(?:e|es|en|ing)|leapfrog\w*|surpass(?:es|ed|ing)?|narrow(?:s|ed|ing)? the gap|lead over|ahead of|falling behind|dominance|supremacy|hegemony|adversar\w+|authoritarian)"),
    ("rivalry", 2.4, r"self[- ](?:sufficien\w+|relian\w+)|home-?grown|state[- ](?:backed|owned|funded|led)|state subsid\w+|indigenous|localis\w+|localiz\w+|domestic (?:chips?|ai|semiconductors?|suppl\w+|alternatives?|content)|national (?:strategy|effort|ai|plan|interest)|all-country effort|government(?:-backed| grant| funding| subsid\w+)|national team"),
    ("rivalry", 1.6, r"(?:ministry|government|state council|prime minister|president)(?: of(?: [\w,]+){1,6})?(?: [\w',-]+){0,6} (?:aims?|plans?|targets?|strateg\w+|pledg\w+|commits?|pours?|spend\w*|fund\w*|subsid\w+|invest\w*|offers?)"),
    ("rivalry", 1.5, r"(?:domestic|national) (?:[\w-]+ ){0,3}(?:sector|industry|champions?|capabilit\w+|compute|infrastructure|models?)|five-year plan|zero taxes|tax (?:breaks?|holidays?|credits?)"),
    ("rivalry", 1.4, r"critical infrastructure|strategic (?:industry|autonomy|technology)|geopolit\w+|military|defen[cs]e department"),
    ("rivalry", 2.0, r"(?:chinese|american|u\.s\.|us|western|european|foreign|domestic|home|local) (?:(?:ai|open|open-source|open-weight|language|made|tech|frontier) ){0,3}(?:models|labs|rivals|chips|chipmakers|competitors?|competition|alternatives|challengers|firms|companies|developers|hardware|makers)"),
    ("rivalry", 1.6, r"chinese (?:ai|open|open-source|open-weight|large language) (?:[\w-]+ ){0,2}model"),
    # the executive and labs: access, orders, stakes, arms
    ("tightening", 2.4, rf"{_POWER}(?:'s)? (?:[\w'.-]+ ){{0,6}}(?:block\w*|bans?|banned|banning|reject\w*|forc(?:es|ed|ing)|order(?:s|ed)|halt\w*|pull(?:s|ed) the plug|limit(?:s|ed)|restrict\w*|crack\w* ?down|crackdown|designat\w+|blacklist\w*|cut(?:s|ting)? off|suspend\w*|deadline|standoff|feud|fight|dispute|clash\w*)"),
    ("tightening", 2.4, r"government (?:ban|crackdown|directive|order|approval|request|review|access rules)|government-approved|(?:comply|compliance) with (?:[\w'-]+ ){0,3}(?:directive|order)|at the request of (?:[\w'-]+ ){0,3}government"),
    ("tightening", 2.2, r"(?:disabl|suspend|block|cut off|withdr[ae]w|restrict|limit)\w* (?:[\w'.-]+ ){0,6}(?:access|rollout|release) (?:[\w'.-]+ ){0,12}(?:government|directive|order|national security|white house)|protectionis[mt]\w*|h-1b|travel restrictions|derail\w*"),
    ("tightening", 1.8, r"(?:won't|refus\w+ to|keep(?:s|ing)?|kept|not) (?:sell|offer|serve|operate)?(?:[\w'-]+ ){0,6}(?:in|out of) (?:china|russia|iran|the market)"),
    ("easing", 2.4, rf"(?:restor|regain|reinstat|greenlit|greenlight|un-?ban)\w* (?:[\w'.-]+ ){{0,4}}access|(?:back|returns?|available) (?:worldwide|again)|(?:pull|scrap|kill|withdr[ae]w|drop|delay|revok|rescind|repeal|overturn|block|paus|lift)\w* (?:[\w'.-]+ ){{0,4}}(?:safety order|security order|executive order|ban|designation|label)|{_POWER} (?:[\w'.-]+ ){{0,3}}(?:grants?|granted|restores?|clears?|cleared|approves?|approved|allows?|allowed|encourag\w+|exempt\w*)"),
    ("easing", 2.0, r"lacks? evidence|sides? with (?:[\w'.-]+ ){0,3}(?:against|to (?:temporarily )?block)|global (?:ai )?(?:organi[sz]ation|governance|agreement|deal|treaty)|world ai|international (?:agreement|treaty|cooperation|organi[sz]ation)|cooperat(?:e|es|ion) (?:[\w'-]+ ){0,4}(?:countries|governments|states|on ai)"),
    ("rivalry", 2.6, rf"{_POWER} (?:[\w'.-]+ ){{0,6}}(?:stakes?|equity)|stakes? in (?:[\w'.-]+ ){{0,3}}(?:to|for|by) (?:[\w'.-]+ ){{0,3}}government|sovereign (?:wealth fund|alternative|stack|infrastructure|option)|government stake"),
    ("rivalry", 2.0, r"ai action plan|genesis mission|national ai (?:plan|strategy|champion)|ai czar|ai (?:independence|dependenc\w+|nationalism|diplomacy|hegemony)|dependen\w+ on (?:[\w'-]+ ){0,2}(?:us|u\.s\.|american|foreign|chinese)|(?:european|american|western|non-chinese|non-american) (?:[\w-]+ ){0,2}(?:alternative|answer|rival|company|champion)|dominated by (?:american|chinese|u\.s\.|us)|chip independence"),
    ("rivalry", 2.0, r"reshor\w+|onshor\w+|made in (?:america|china|europe|india)|(?:chip|semiconductor) manufacturing|homegrown|gigafactor(?:y|ies)|state media|technology (?:transfer|theft)|foreign adversar\w+|chip (?:supply|dominance|industry)|supply of (?:[\w'-]+ ){0,3}chips|silicon|most advanced chips"),
    ("rivalry", 2.2, r"(?:chinese|russian|iranian|north korean|state[- ](?:sponsored|linked|backed)) (?:[\w-]+ ){0,2}(?:hackers?|spies|spying|cyber\w*|influence|propaganda|disinformation|espionage|scam|operatives?|operations?)|(?:prc|kremlin) influence|cyber (?:warfare|weapons?|attacks? (?:on|against))|offensive cyber"),
    ("none", 2.2, r"(?:pentagon|nsa|cia|fbi|military|defen[cs]e (?:department|official)|department of (?:war|defen[cs]e)|armed forces|army|air force|navy|intelligence (?:agenc(?:y|ies)|community)|classified (?:networks?|systems?|data|military)|weapons?|warfighters?|battlefield)"),
    ("none", 1.6, r"(?:ai|global|safety|g7|g20) summit|heads of state|united nations|foreign minister|ambassador|prime minister|attack on (?:iran|ukraine|taiwan|israel)|war (?:with|on|in|against)|invasion|air ?strikes?|missiles?|drones?"),
    ("none", 1.6, r"(?:federal )?government (?:is |has |may |wants?|will |to )|(?:trump|biden) administration|white house|executive order|national security|memo|security council|export"),
    ("tightening", 2.0, r"(?:封锁|禁止|限制|封禁|阻止|收紧|打压|反制|报复|审查|约谈)"),
    ("easing", 2.0, r"(?:放行|放宽|批准|允许|恢复|豁免|暂停加征|许可)[^。，]{0,12}(?:出口|销售|对华|芯片|供货|关税)|合作(?:备忘录|协议)"),
    ("rivalry", 2.0, r"竞争|竞赛|角逐|赶超|追赶|领先|反超|超越|自给|自研芯片|国产|本土|国家队|大基金|国家安全"),
)  # fmt: skip

_STAGES: tuple[tuple[GeoStage, str], ...] = (
    ("threat", r"threaten(?:s|ed|ing)?|threats? (?:to|of)|vow(?:s|ed)?|ultimatum|warn(?:s|ed|ing)? (?:of|that|it|against)|demand(?:s|ed|ing)?|could face"),
    ("threat", r"威胁|扬言|警告|最后通牒"),
    ("talk", r"consider(?:s|ed|ing)?|propos(?:e|es|ed|al|als|ing)|(?<!'s )(?<! a )(?<!its )(?<!their )plans? to|planning to|eye(?:s|ing)|weigh(?:s|ed|ing)?|look(?:s|ing) (?:into|at)|mull(?:s|ed|ing)?|discuss(?:es|ed|ing|ions?)|talks|hearings?|lobb(?:y|ies|ied|ying)|urge(?:s|d)?|call(?:s|ed|ing) (?:for|on)|want(?:s|ed)?|may|might|could|would|should|needs?|draft|negotiat\w+|debate\w*|push(?:es|ing)? for|aims? to|seek(?:s|ing)?|oppos\w+|fears?|skeptic\w+|policy paper|action plan|scrutiny|respond(?:s|ed)"),
    ("talk", r"考虑|拟|提议|建议|磋商|谈判|讨论|听证|呼吁|或将|可能|计划|酝酿|草案|征求意见"),
    ("act", r"sign(?:s|ed)|ban(?:s|ned)|drops?|dropped|allow(?:s|ed)|lets?|hits?|slap(?:s|ped)|unleash(?:es|ed)|requires?|removes?|removed|permits?|clear(?:s|ed)|restrict(?:s|ed)|halt(?:s|ed)|tighten(?:s|ed)|eas(?:es|ed)|blacklist(?:s|ed|ing)?|sanction(?:s|ed)|charg(?:es|ed)|seiz(?:es|ed)|reject(?:s|ed)|sue[sd]?|expand(?:s|ed)|impos(?:es|ed)|block(?:s|ed)|add(?:s|ed) .{0,30}entity list|order(?:s|ed)|charged|approv(?:es|ed)|lift(?:s|ed)|grant(?:s|ed)|places|took effect|comes? into effect|in force|effective|delays|extends|launch(?:es|ed)|announc(?:es|ed)|switch(?:es|ed|ing)"),
    ("act", r"宣布|正式|生效|实施|批准|签署|列入|起诉|解除|取消|加征"),
)  # fmt: skip


@cache
def direction_cues() -> tuple[PatternSet, tuple[GeoCue, ...]]:
    """The expressions of measures and races, with what each says."""
    rows = [(GeoCue(d, w, needs_state=False), s) for d, w, s in _STATES_ALONE]
    rows += [(GeoCue(d, w, needs_state=True), s) for d, w, s in _WITH_STATE]
    return pattern_set([source for _, source in rows]), tuple(cue for cue, _ in rows)


@cache
def stage_cues() -> tuple[PatternSet, tuple[GeoStage, ...]]:
    """The expressions of how far a thing has gone."""
    return pattern_set([source for _, source in _STAGES]), tuple(stage for stage, _ in _STAGES)


#: What makes an act of a state a matter of its own house: users, children, competition, works. Weighs against.
_DOMESTIC = (
    r"state(?:-level)? (?:ai )?(?:policy|laws?|regulations?|legislation|lawmakers|ai rules)|state attorney general|class action",
    r"antitrust|copyright|consumers?|social media|deepfakes?|defamation|privacy|data protection|rival(?: ai)? chatbots|app stores?",
    r"kids?|children|teen(?:s|agers?)?|minors|schools?|age verification",
    r"未成年人|儿童|反垄断|版权|消费者|隐私|个人信息",
)
#: In the title, and in the lead; further down it says nothing.
DOMESTIC_WEIGHT = 2.4
DOMESTIC_LEAD = 0.5


@cache
def domestic_cues() -> PatternSet:
    """The expressions of a state's own affairs."""
    return pattern_set(_DOMESTIC)
