"""Every declared source is a spider: `scrapy list` and `scrapy crawl KEY` work beside `vigie crawl`."""

from __future__ import annotations

import os
from pathlib import Path

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from crawler.crawl import settings_of
from crawler.plan import plan_for
from crawler.sources import load_sources


class SourceLoader:
    """Scrapy's spider loader over the catalogue and the home's own sources."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.sources = load_sources(home / "sources.toml")

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> SourceLoader:
        return cls(Path(os.environ.get("VIGIE_HOME", "vigie-home")))

    def load(self, spider_name: str) -> type[Spider]:
        from crawler.spiders.lookout import Lookout  # noqa: PLC0415 (it imports modules of this package)

        if spider_name not in self.sources:
            raise KeyError(spider_name)
        plan = plan_for(spider_name, self.home)

        class OneSource(Lookout):
            name = spider_name

            def __init__(self) -> None:
                super().__init__(plan)

            @classmethod
            def update_settings(cls, settings: BaseSettings) -> None:
                plan.home.mkdir(parents=True, exist_ok=True)
                settings.setdict(settings_of(plan), priority="spider")

        return OneSource

    def list(self) -> list[str]:
        return [key for key, source in self.sources.items() if not source.closed]

    def find_by_request(self, request: Request) -> list[str]:  # type: ignore[valid-type]
        return []
