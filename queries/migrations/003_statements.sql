-- Statements are made with the places: what was placed before they were is placed again.
DROP TABLE IF EXISTS article_places;
