"""Which web addresses are citations of public sources, and which never are."""

import ipaddress
import re
from urllib.parse import urlsplit

import tldextract

EXTRACT = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)

# Governments, parliaments, courts, universities and international bodies, wherever they are.
PUBLIC_SUFFIXES = (
    "gov", "edu", "int", "mil", "ac.uk", "police.uk", "parliament.uk", "judiciary.uk", "nhs.uk",
    "europa.eu", "admin.ch", "bund.de", "gc.ca", "gouv.fr", "gob.es", "gob.mx", "overheid.nl",
    "rijksoverheid.nl", "bka.de", "supremecourt.uk",
)  # fmt: skip
PUBLIC_SECOND = ("gov", "gob", "gouv", "govt", "go", "ac", "edu", "gv", "govern")

PUBLIC_HOSTS = (
    # courts, law and standards
    "bailii.org", "canlii.org", "austlii.edu.au", "un.org", "undocs.org", "unodc.org", "unicef.org",
    "unicef-irc.org", "ohchr.org", "oecd.org", "oecd.ai", "iso.org", "ietf.org", "ieee.org",
    "etsi.org", "w3.org", "osce.org", "icmec.org", "icrc.org", "interpol.com",
    "worldbank.org", "weforum.org",
    # research and reference
    "doi.org", "arxiv.org", "ssrn.com", "springer.com", "sciencedirect.com", "elsevier.com",
    "nature.com", "science.org", "sciencemag.org", "oup.com", "cambridge.org", "wiley.com",
    "tandfonline.com", "sagepub.com", "bmj.com", "thelancet.com", "jstor.org", "acm.org",
    "cochranelibrary.com", "mdpi.com", "frontiersin.org", "plos.org", "pnas.org", "osf.io",
    "wikipedia.org", "researchgate.net", "zenodo.org", "rand.org", "brookings.edu", "gutenberg.org",
    "adalovelaceinstitute.org", "turing.ac.uk", "pewresearch.org", "statista.com",
    # organisations that work on child protection and rights online
    "iwf.org.uk", "inhope.org", "missingkids.org", "weprotect.org", "ecpat.org", "nspcc.org.uk",
    "thorn.org", "eff.org", "edri.org", "protectchildren.ca", "childlight.org",
    "5rightsfoundation.com",
    "savethechildren.org", "savethechildren.net", "barnardos.org.uk", "internetmatters.org",
    "childnet.com", "terredeshommes.org", "terredeshommes.nl", "missingchildreneurope.eu",
    "eurochild.org", "eucpn.org", "technologycoalition.org", "techcoalition.org", "accessnow.org",
    "article19.org", "amnesty.org", "hrw.org", "privacyinternational.org", "cdt.org", "aclu.org",
    "lucyfaithfull.org.uk", "stopitnow.org.uk", "saferinternet.org.uk", "betterinternetforkids.eu",
    "allianceforchildren.org", "justice-initiative.eu", "interpol.int", "cameraforensics.com",
    # the press
    "bbc.co.uk", "bbc.com", "theguardian.com", "reuters.com", "apnews.com", "nytimes.com",
    "washingtonpost.com", "ft.com", "economist.com", "lemonde.fr", "spiegel.de", "euractiv.com",
    "euobserver.com", "politico.eu", "wired.com", "theverge.com", "404media.co",
)  # fmt: skip

# Companies and products that write their name with a dot; the name alone is no address.
NAMES_WITH_A_DOT = (
    "character.ai", "stability.ai", "openai.com", "amazon.com", "booking.com", "asp.net", "x.ai",
    "x.com", "monday.com", "salesforce.com", "c.ai", "match.com", "gmail.com", "outlook.com",
    "hotmail.com", "neuralink.com", "yahoo.com", "gov.uk", "meta.com",
)  # fmt: skip

# Here anybody stores or forwards anything: the address says nothing about what is behind it.
SHARING_HOSTS = (
    "mega.nz", "mega.io", "dropbox.com", "wetransfer.com", "we.tl", "mediafire.com", "gofile.io",
    "anonfiles.com", "bayfiles.com", "file.io", "transfer.sh", "sendspace.com", "zippyshare.com",
    "pixeldrain.com", "4shared.com", "rapidgator.net", "uploaded.net", "krakenfiles.com",
    "drive.google.com", "photos.app.goo.gl", "onedrive.live.com", "1drv.ms", "icloud.com",
    "box.com", "pcloud.com", "disk.yandex.ru", "t.me", "telegram.me", "telegra.ph", "discord.gg",
    "discord.com", "discordapp.com", "imgur.com", "ibb.co", "imgbb.com", "postimg.cc", "catbox.moe",
    "pastebin.com", "rentry.co", "paste.ee", "ghostbin.com", "ipfs.io", "dweb.link",
    "cloudflare-ipfs.com",
    "chan.sankakucomplex.com", "4chan.org", "8kun.top", "kik.com", "wa.me", "chat.whatsapp.com",
    "bit.ly", "tinyurl.com", "shorturl.at", "t.co", "goo.gl", "is.gd", "cutt.ly", "ow.ly",
    "rb.gy", "rebrand.ly", "linktr.ee", "adf.ly", "buff.ly", "archive.ph", "archive.is",
    "onion.ws", "onion.ly", "onion.pet", "tor2web.org", "i2p",
)  # fmt: skip


def host_of(address: str) -> str:
    """The host of an address, without a name, password or port before or behind it."""
    bare = address.lower()
    if "://" not in bare:
        bare = f"http://{bare}"
    try:
        return (urlsplit(bare).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_of(host: str, known: tuple[str, ...]) -> bool:
    """Whether a host is one of these, or belongs to one."""
    return any(host == each or host.endswith(f".{each}") for each in known)


def is_public(address: str) -> bool:
    """Whether an address is a citation of a well-known public source."""
    host = host_of(address)
    labels = host.split(".")
    national = len(labels) >= 3 and len(labels[-1]) == 2 and labels[-2] in PUBLIC_SECOND
    known = (
        is_of(host, PUBLIC_SUFFIXES) or is_of(host, PUBLIC_HOSTS) or national or host == "gov.uk"
    )
    return known and "@" not in address.split("/")[2 if "://" in address else 0]


def is_number(host: str) -> bool:
    """Whether a host is an internet number (IP) rather than a name."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(re.fullmatch(r"(?:0x[0-9a-f]+|\d+)(?:\.(?:0x[0-9a-f]+|\d+))*", host))
    return True


def is_ordinary(address: str) -> bool:
    """Whether a web address may stand where addresses are asked for.

    It is a plain http(s) address of a registered name: no number, no onion, no password in it, no
    place where anybody stores or forwards anything.
    """
    if not re.match(r"https?://", address, re.IGNORECASE) or not address.isascii():
        return False
    host = host_of(address)
    parts = EXTRACT(host)
    if not (parts.suffix and parts.domain) or is_number(host) or is_of(host, ("onion", "i2p")):
        return False
    site = address.split("/")[2]
    return "@" not in site and not is_of(host, SHARING_HOSTS)
