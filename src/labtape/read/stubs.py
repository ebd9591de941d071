"""Is this page the article, or a wall before it?

    paywall     the beginning of an article, and an offer         challenge   a check for robots, a page made by scripts
    consent     a cookie notice in place of the article           missing     "not found", sent as if it were a page
    login       an invitation to sign in

Design notes
------------
**Length first.** A wall leaves little text: beyond `_LONG` words nothing is looked at. Sites that mark an article as not
free and send all of it (metered ones do) are read.

**Where the words stand matters.** What the extractor took for the article is the strongest witness: a wall speaks to the
reader ("we and our partners", "verify you are human") and an article about walls speaks of them. So most cues are in the
first or second person and must make up a good part of a short text. What stands elsewhere on the page (dialogs wait
hidden in most of them) counts only beside a statement that the article is locked, or where hardly any text was found.

**Measured**: tests/read/test_pages_walls.py (a hundred pages of our own, English and Chinese). Of those written before the cues were
looked at again 11 of 18 and then 12 of 16 were right: misses are paywalls that say so in words of their own, with no mark. On the 181 pages of the article extraction
benchmark two are taken for a paywall, and are: both end after a paragraph, without saying so. Of the 5,714 texts of the pool, as
if each were a page of its own, none is taken for a wall.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from labtape.read.pages import amount_of

if TYPE_CHECKING:
    from labtape.read.metadata import Metadata
    from labtape.read.pages import Wall

_LONG = 400  # words; the longest wall page of ours has 190
_HARDLY_ANY = 30  # words: less than the shortest news brief
_LINE = 30  # words of an offer, a refusal, an apology
_PREVIEW = 150  # words: what publishers show of a locked article

_SENTENCE = re.compile(r"[^.!?。！？\n]+[.!?。！？\n]*")


def _one_of(*cues: str) -> re.Pattern[str]:
    return re.compile("|".join(cues), re.IGNORECASE)


_OFFER = _one_of(
    r"\bsubscribe (?:now |today )?(?:for|from|at) (?:just |only )?(?:[$€£¥]|\d+ ?cents)|\bget (?:unlimited|full) (?:digital )?access\b|\byou(?:'|’)?(?: a)?re reading a (?:free )?preview\b",
    r"\b(?:access|reading|content) is (?:\w+ )?(?:reserved|limited|restricted) (?:for|to) (?:our |paying )*(?:subscribers|members)\b",
    r"(?:正在试读|试读(?:结束|已结束|部分))|(?:仅供|只对|仅向)(?:订阅|会员|付费|訂閱)|加入(?:会员|訂閱|会员后)[^。！？\n]{0,4}(?:继续|阅读|解锁)",
    r"\bto (?:read|finish|see|view|access|unlock) (?:the (?:full|rest|whole|entire|complete)|this|more)\b[^.!?\n]{0,30},? (?:please )?(?:subscribe|join|upgrade|become)\b",
    r"(?:阅读|查看|解锁|继续|閱讀|繼續|解鎖)[^。！？\n]{0,4}(?:全文|更多|剩余|完整|阅读|閱讀)[^。！？\n]{0,6}(?:请|需|須|請)[^。！？\n]{0,4}(?:订阅|付费|购买|开通|訂閱|付費|購買)",
    r"\b(?:keep|continue) reading\b[^.!?\n]{0,40}\b(?:subscription|free trial|for (?:just |only )?[$€£]\s?\d)",
    r"\bsubscribe (?:now )?to (?:unlock|read|continue)\b|\bget the full story\b[^\n]{0,20}\bsubscribe\b",
    r"\b(?:reached|hit) (?:your|the)[^.!?\n]{0,20}\barticle limit\b|\bmember-only story\b|\bavailable to \w+ members only\b",
    r"\bsubscribe for all of\b|\b(?:exclusive|only) (?:to|for) (?:\w+ )?(?:subscribers|members)\b|\balready have a subscription\b",
    r"(?:订阅|付费|订户|会员)[^。！？\n]{0,6}(?:专享|可见|查看全文|阅读全文)",
    r"\b(?:subscribe|become a (?:subscriber|member)|start (?:a|your) (?:free |paid )?trial|sign up|upgrade)\b[^.!?\n]{0,60}\b(?:to (?:keep|continue|finish|go on) reading|to (?:read|unlock|access|view|see) (?:the (?:full|rest|whole|entire|complete)|this|full|all)|for (?:full|unlimited|complete) access|and (?:keep|continue) reading)",
    r"\bto (?:keep|continue) reading(?: this (?:article|story))?,? (?:please )?(?:subscribe|become|start|join|upgrade)",
    r"\b(?:this|the (?:rest|full|remainder)[^.!?\n]{0,30}) (?:article|story|content|post|piece|report|page)?\s?is (?:only )?(?:available |reserved |exclusive(?:ly)? )?(?:only )?(?:for|to) (?:our |paying |paid |premium |registered )*(?:subscribers|members)\b",
    r"\b(?:subscribers?|members?)[ -]only (?:article|story|content|post)\b",
    r"\bthis post is for (?:paid|paying) subscribers\b",
    r"\b(?:you(?:'|’)ve|you have) (?:reached|read|used|hit) (?:your|all|the|\w+ of)[^.!?\n]{0,30}\b(?:free )?(?:articles?|stories|limit)\b",
    r"\b(?:already|existing) (?:a |an )?(?:subscriber|member)s?\s?\??\s?(?:log|sign) in\b",
    r"\bunlock (?:this|the (?:full|rest)[^.!?\n]{0,12}) (?:article|story)\b",
    r"\b(?:purchase|buy) (?:a subscription|this article|a day pass)\b",
    r"(?:订阅|付费|开通(?:会员|VIP)|购买|成为(?:会员|付费用户)|升级会员|訂閱|付費|加入會員)[^。！？\n]{0,12}(?:后|後|即可|可|以|解锁|解鎖)[^。！？\n]{0,10}(?:阅读|查看|继续|全文|閱讀|繼續|解锁|解鎖)",
    r"(?:本文|此文|该文|以下内容|剩余内容|全文)[^。！？\n]{0,10}(?:付费内容|付费阅读|会员专享|会员可见|仅限(?:会员|订阅)|仅对(?:会员|订阅)|會員專享|訂戶專享|付費內容)",
    r"(?:剩余|还有|尚余|剩餘)\s?\d{1,3}\s?[%％][^。！？\n]{0,12}(?:未读|付费|订阅|内容|未讀|訂閱)",
    r"(?:您的|你的|本月)[^。！？\n]{0,6}免费(?:阅读|文章)[^。！？\n]{0,10}(?:用完|用尽|已达|上限)",
)
_CONSENT = _one_of(
    r"\b(?:asks? for|need|requires?|without) your consent\b|\b(?:agree|accept) and (?:close|continue|proceed)\b|\bour \d+ (?:partners|vendors)\b",
    r"\b(?:accept|reject|view|manage|allow|decline|set|use) (?:\w+ ){0,2}cookies\b|\bwe (?:would|\w+) (?:also )?(?:like to )?(?:set|use) (?:\w+ ){0,2}cookies\b|^cookies on (?:the |this )?\w+",
    r"\bwe (?:and our (?:\d+ |many )?(?:advertising )?(?:partners|vendors|third[- ]part\w+)|value your privacy|care about your privacy|respect your privacy|use (?:cookies|tracking)|need your (?:consent|permission))",
    r"\b(?:our|this) (?:site|website|service|page)s? uses? cookies",
    r"\b(?:accept|reject|allow|refuse|decline) (?:all|optional|non-essential|only necessary)(?: cookies)?\b",
    r"\b(?:by (?:clicking|continuing|using)|if you (?:click|continue))\b[^.!?\n]{0,80}(?:cookies|agree|accept|consent)",
    r"\bstore and/or access information on (?:a|your) device",
    r"\b(?:manage|change|withdraw|review) (?:your|my)? ?(?:cookie |privacy )?(?:choices|preferences|settings|consent)",
    r"\byour (?:privacy|cookie) (?:choices|preferences|settings)",
    r"\b(?:strictly )?necessary cookies",
    r"\bcookies? (?:policy|notice|settings)\b",
    r"\b(?:precise geolocation|legitimate interest)\b",
    r"\bbefore you continue to\b",
    r"\bpersonali[sz]ed (?:ads|advertising|content)[^.!?\n]{0,40}(?:measurement|audience)",
    r"(?:我们|我們|本网站|本站|本網站)[^。！？\n]{0,16}(?:使用|会使用|會使用)[^。！？\n]{0,8}(?:cookie|缓存技术)",
    r"(?:我们|我們)[^。！？\n]{0,4}(?:重视|尊重|重視)[^。！？\n]{0,6}(?:隐私|隱私)",
    r"(?:接受|同意|拒绝|允许|拒絕)(?:所有|全部|并继续|並繼續)(?:\s?cookie)?",
    r"(?:点击|點擊|继续(?:浏览|使用)|繼續瀏覽)[^。！？\n]{0,24}(?:同意|接受)[^。！？\n]{0,16}",
    r"(?:管理|更改)(?:您的)?(?:偏好|选项|cookie|設定)",
)
_CHALLENGE = _one_of(
    r"\b(?:while|as) we (?:verify|check)\b[^.!?\n]{0,30}\b(?:access|browser|connection)|\b(?:environment|network) is abnormal\b",
    r"(?:网络|访问|IP|設備|设备|環境)[^。！？\n]{0,6}异常|(?:输入|輸入)(?:图形|短信)?(?:验证码|驗證碼)",
    r"环境异常|完成验证后(?:即可)?继续",
    r"\b(?:verify|confirm|prove|check(?:ing)?(?: if)?|make sure|ensure) (?:that )?(?:you(?:'re|’re| are)|the site connection|your browser)\b[^.!?\n]{0,40}(?:human|robot|bot|secure|person)?",
    r"\b(?:enable|turn on|requires?|activate|needs?) (?:javascript|js\b|cookies)",
    r"\bjavascript (?:is|has been) (?:disabled|required|not enabled)",
    r"\bjavascript (?:must|needs to) be enabled",
    r"\b(?:are you|i(?:'|’)m|i am) (?:not )?a (?:robot|human|bot)",
    r"\bnot a robot\b",
    r"\bunusual (?:traffic|activity)\b[^.!?\n]{0,40}(?:network|computer|ip|device|browser)",
    r"\b(?:complete|solve) the (?:captcha|security check|puzzle)",
    r"\bpress (?:&|and) hold\b",
    r"\bray id\b",
    r"\bchecking your browser\b",
    r"\bddos protection\b",
    r"\bpardon our interruption",
    r"\bjust a moment\b",
    r"\bperforming security verification",
    r"\baccess (?:to this page )?(?:has been )?denied\b",
    r"\brequest (?:was )?blocked\b",
    r"\bdisable (?:any|your) ad ?blocker",
    r"(?:请|請)[^。！？\n]{0,8}(?:完成|通过|進行|进行)[^。！？\n]{0,8}(?:验证|驗證)",
    r"(?:安全|人机|滑动|滑块|人機)(?:验证|驗證)",
    r"(?:启用|开启|打开|啟用|開啟)\s?(?:JavaScript|JS)",
    r"(?:确认|確認|证明)[^。！？\n]{0,6}(?:不是机器人|是真人|不是機器人)",
    r"访问(?:过于频繁|异常|被拒绝|受限)",
    r"(?:您|你)的(?:访问|请求|网络环境)[^。！？\n]{0,8}(?:异常|频繁|拦截|阻断)",
    r"正在(?:检查|检测|验证)(?:您|你)?的?(?:浏览器|访问|连接)",
)
_LOGIN = _one_of(
    r"\b(?:log|sign) ?in (?:or (?:register|sign up|create[^.!?\n]{0,24}) )?(?:to (?:continue|read|view|see|access|keep|your)|with (?:google|facebook|apple|email|your))",
    r"\b(?:register|create (?:a|your)(?: free)? (?:account|profile)|sign up for free)\b[^.!?\n]{0,40}\bto (?:continue|keep|read|view|access|finish)",
    r"\b(?:please|you (?:must|need to|have to)) (?:log|sign|be (?:logged|signed)) ?in\b",
    r"\b(?:you must|please) (?:be )?register(?:ed)?\b",
    r"\bforgot (?:your )?password",
    r"\bdon(?:'|’)t have an account",
    r"(?:请|需要?|请先|請先|須|您需)[^。！？\n]{0,4}(?:登录|登入|登錄|注册)",
    r"(?:登录|登入|登錄|注册)(?:后|後|即可|以)[^。！？\n]{0,4}(?:查看|阅读|继续|浏览|閱讀|繼續)",
    r"忘记密码",
    r"忘記密碼",
    r"(?:没有|还没有|沒有)(?:账号|帐号|帳號)",
    r"(?:微信|手机号|验证码|扫码)登录",
)
_MISSING = _one_of(
    r"(?:文章|页面|内容|网页|頁面)[^。！？\n]{0,4}(?:不见了|走丢|飞走|丢失)|(?:您|你)要(?:查看|访问|找|看)的",
    r"(?:该|此|本)(?:内容|文章|页面|帖子)[^。！？\n]{0,6}(?:已被|因违规|已经|无法)[^。！？\n]{0,8}(?:删除|查看|下架)",
    r"\b(?:page|article|story|content|file|url|post)\b[^.!?\n]{0,40}\b(?:not (?:be )?found|(?:no longer|isn(?:'|’)t|is not|not) available|does(?:n(?:'|’)t| not) exist|has (?:been )?(?:removed|deleted|moved|expired)|can(?:'|’)?(?:no)?t be found)",
    r"\b(?:we (?:can(?:'|’)?(?:no)?t|couldn(?:'|’)t|could not) (?:find|locate)|nothing (?:was|to be) found|you(?:'|’)re looking for|you (?:are|were) looking for|error 404|404 (?:error|not found|-|–|page))",
    r"\b404\b",
    r"(?:页面|网页|文章|内容|頁面|網頁|链接)[^。！？\n]{0,10}(?:不存在|找不到|未找到|已(?:被)?(?:删除|下线|移除|刪除)|已失效|无法访问|走丢)",
    r"(?:找不到|没有找到|未找到|無法找到)[^。！？\n]{0,12}(?:页面|网页|文章|内容|頁面|網頁)",
    r"您(?:访问|查找|要找)的",
)
_TITLES: tuple[tuple[Wall, re.Pattern[str]], ...] = (
    ("challenge", re.compile(
        r"^(?:just a moment|attention required|access (?:to this page )?(?:has been )?denied|are you a (?:robot|human)|security check|pardon our interruption"
        r"|please wait|one moment|verif(?:y|ying) you|human verification|ddos-guard|robot check|(?:安全|人机|访问|人機)验证|安全检查|请稍候|访问(?:被拒绝|受限)|验证码)(?:\W.{0,60})?$", re.IGNORECASE)),
    ("missing", re.compile(
        r"^(?:(?:error )?404\b.{0,60}|(?:.{0,30}\W)?(?:page|article|story) (?:not found|no longer available|unavailable)(?:\W.{0,40})?|not found|oops.{0,40}"
        r"|(?:.{0,16}\W)?(?:页面|网页|文章|頁面|網頁|内容)(?:不存在|未找到|找不到|已删除|已被删除|走丢了)(?:\W.{0,20})?|(?:找不到|未找到|您访问的)(?:页面|网页|頁面|網頁|文章).{0,20})$", re.IGNORECASE)),
    ("consent", re.compile(r"^(?:before you continue|your privacy choices|privacy (?:choices|gate|settings|consent)|cookie (?:consent|wall|notice|settings)|(?:consent|隐私设置|Cookie ?设置|隱私權設定))(?:\W.{0,60})?$", re.IGNORECASE)),
    ("login", re.compile(r"^(?:(?:log|sign) ?in|login|sign up|register|(?:用户|会员|帐号|账号)?(?:登录|登入|登錄|注册))(?:\W.{0,40}| to .{1,40})?$", re.IGNORECASE)),
)  # fmt: skip
_CHALLENGE_MARKUP = re.compile(
    r"_cf_chl_opt|/cdn-cgi/challenge-platform|id=[\"']?px-captcha|captcha-delivery\.com|_Incapsula_Resource|sec-if-cpt-container|aliyun_waf|g-recaptcha|h-captcha",
    re.IGNORECASE,
)
_PAYWALL_MARKUP = re.compile(
    r"<[a-z][^>]{0,400}?\b(?:class|id|data-[\w-]{1,24})\s*=\s*[\"'][^\"'>]{0,120}?(?:(?<![\w])(?:article-)?(?:paywall|pay-wall|regwall|subscriber-only|subscription-required|locked-content|premium-lock|piano-inline|tp-container-inner|meteredContent|wall-bottom))(?![\w]*-?(?:free|none|off))",
    re.IGNORECASE,
)
_PASSWORD = re.compile(r"<input[^>]{1,300}?type\s*=\s*[\"']?password", re.IGNORECASE)
_QUOTED = re.compile(r"[“「『][^”」』\n]{1,300}[”」』]|(?<!\w)\"[^\"\n]{1,300}\"(?!\w)")
_CUT = re.compile(r"(?:…|\.{3}|\[…\]|\[\.{3}\]|⋯⋯?|……)\W{0,3}$")


def find_wall(text: str, *, seen: str, markup: str, stated: Metadata) -> Wall | None:
    """Name the wall a page is, or is cut off by. `text` is what was extracted, `seen` all that a reader sees."""
    amount = amount_of(text)
    if amount >= _LONG:
        return None
    return (
        _by_title(stated.title, seen, amount)
        or _by_words(text, amount)
        or _paywall(text, seen, markup, stated, amount)
        or _in_place_of_text(seen, markup, amount)
    )


def _by_title(title: str, seen: str, amount: int) -> Wall | None:
    """Believe the title of a page that says little else."""
    if amount > _PREVIEW:
        return None
    cues = {"challenge": _CHALLENGE, "missing": _MISSING, "consent": _CONSENT, "login": _LOGIN}
    for wall, pattern in _TITLES:
        if pattern.match(title.strip()) and (amount < _HARDLY_ANY or cues[wall].search(seen)):
            return wall
    return None


def _by_words(text: str, amount: int) -> Wall | None:
    """Name the wall that what was taken for the article speaks of, to the reader and for the most part."""
    if _part(_CONSENT, text) >= 0.4 and _n_cues(_CONSENT, text) >= 2:
        return "consent"
    if amount < _PREVIEW and _part(_CHALLENGE, text, brief=True) >= 0.3:
        return "challenge"
    if amount < _PREVIEW and _part(_MISSING, text, brief=True) >= 0.3:
        return "missing"
    return None


def _paywall(text: str, seen: str, markup: str, stated: Metadata, amount: int) -> Wall | None:
    """Tell the beginning of an article from the whole of it, by an offer or by what the page states."""
    lines = text[-1500:].split("\n")[-6:]
    tail = _brief(lines)
    is_marked = stated.is_locked or _PAYWALL_MARKUP.search(markup) is not None
    is_cut = any(map(_CUT.search, lines))
    if stated.n_words and stated.is_locked and amount < 0.6 * stated.n_words:
        return "paywall"
    if _OFFER.search(tail) and (amount < _PREVIEW * 4 // 3 or is_marked):
        return "paywall"
    if _LOGIN.search(tail) and amount < _PREVIEW:
        return "paywall" if is_marked else "login"
    if amount >= _PREVIEW:
        return None
    if is_marked and (stated.is_locked or is_cut or _OFFER.search(seen)):
        return "paywall"
    return "paywall" if is_cut and _OFFER.search(seen) else None


def _brief(lines: list[str]) -> str:
    """Give the short ones of the last lines, and the last sentence: offers are brief, come last and are not quoted."""
    sentences = [*lines, *_SENTENCE.findall(lines[-1])[-1:]]
    return _QUOTED.sub(" ", "\n".join(one for one in sentences if amount_of(one) <= _LINE))


def _in_place_of_text(seen: str, markup: str, amount: int) -> Wall | None:
    """Name the wall where hardly anything was extracted, by all that the page shows."""
    if amount >= _HARDLY_ANY:
        return None
    if _CHALLENGE_MARKUP.search(markup) and amount_of(seen) < _PREVIEW:
        return "challenge"
    if _OFFER.search(seen):
        return "paywall"
    if _part(_CONSENT, seen) >= 0.2 and _n_cues(_CONSENT, seen) >= 2:
        return "consent"
    if amount_of(seen) < _LONG:
        if _part(_CHALLENGE, seen) >= 0.2 or (amount_of(seen) < _HARDLY_ANY and _CHALLENGE.search(markup)):
            return "challenge"
        if _part(_MISSING, seen) >= 0.1:
            return "missing"
        if _PASSWORD.search(markup) or _part(_LOGIN, seen) >= 0.2:
            return "login"
    return None


def _n_cues(pattern: re.Pattern[str], text: str) -> int:
    return len({found.group(0).lower() for found in pattern.finditer(text)})


def _part(pattern: re.Pattern[str], text: str, *, brief: bool = False) -> float:
    """Give the share of a text's words that are in sentences with a cue, or in brief ones with a cue."""
    amounts = [(amount_of(one), pattern.search(one) is not None) for one in _SENTENCE.findall(text[:20_000])]
    total = sum(amount for amount, _ in amounts)
    cued = sum(amount for amount, is_cue in amounts if is_cue and not (brief and amount > _LINE))
    return cued / total if total else 0.0
