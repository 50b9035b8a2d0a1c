"""FETCH: the only room that knows Scrapy."""
