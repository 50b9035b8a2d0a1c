"""Scrapy settings: only what differs from Scrapy's defaults, with the reason."""

from __future__ import annotations

from typing import Any

BOT_NAME = "vigie"
SPIDER_LOADER_CLASS = "crawler.spiders.SourceLoader"
# The plan replaces it with the version and the contact; this one stands for `scrapy fetch` and its like.
USER_AGENT = "Vigie (press watch for local democracy)"

# Courtesy: one request at a time to a host, a second apart, never faster by chance.
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.0
DOWNLOAD_DELAY_JITTER = 0.0
# All hosts at once, so that slow town halls do not hold up the others: what waits for its turn counts here as well.
CONCURRENT_REQUESTS = 2000
REACTOR_THREADPOOL_MAXSIZE = 32
# What a callback gives is taken one by one: Scrapy would start a hundred tasks for each answer.
CONCURRENT_ITEMS = 1
# Scrapy would parse the source of a callback anew at each answer; mypy looks once.
WARN_ON_GENERATOR_RETURN_VALUE = False
# In the order in which they were lined up: newest first.
SCHEDULER_MEMORY_QUEUE = "scrapy.squeues.FifoMemoryQueue"
# A host that is down is asked twice and then left to the next crawl. 429 is a refusal: shown, not pressed.
RETRY_TIMES = 1
RETRY_HTTP_CODES = [500, 502, 503, 504, 522, 524, 408]
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"
REDIRECT_MAX_TIMES = 6
# Nothing is asked for by another protocol, whatever an address says.
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "http": "crawler.conduct.OnceOnly",
    "https": "crawler.conduct.OnceOnly",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
# What we do not need and what would tell a site who reads it.
COOKIES_ENABLED = False
REFERRER_POLICY = "scrapy.spidermiddlewares.referer.NoReferrerPolicy"
METAREFRESH_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,application/pdf,*/*;q=0.8",
    "Accept-Language": "fr",
    # Answers are archived as received, and every archive tool reads these two; br and zstd not.
    "Accept-Encoding": "gzip, deflate",
}

# Bounds: Scrapy's own are 1 GiB and three minutes, and it does not check certificates.
DOWNLOAD_MAXSIZE = 20 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 30
DOWNLOAD_VERIFY_CERTIFICATES = True
DNS_TIMEOUT = 20
TWISTED_DNS_RESOLVER = "crawler.addresses.PublicResolver"

# Both listen on a port; the first runs Python for whoever connects, and is on by default.
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False

# Robots takes the place of Scrapy's own, which crawls when robots.txt cannot be read.
DOWNLOADER_MIDDLEWARES: dict[str, int | None] = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.addresses.PublicAddresses": 90,
    "crawler.conduct.Robots": 100,
    "crawler.addresses.PublicNames": 760,
    "crawler.turns.Turns": 935,
    "crawler.conduct.Restraint": 940,
    "crawler.keeping.Keep": 950,
}
# The spider judges every status itself, and asks for nothing twice.
SPIDER_MIDDLEWARES: dict[str, Any] = {"scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None}
DUPEFILTER_CLASS = "scrapy.dupefilters.BaseDupeFilter"

LOG_LEVEL = "WARNING"
LOGSTATS_INTERVAL = 0
