"""What is known of a place and a topic, on one page, and the letters that can be drafted from it."""
