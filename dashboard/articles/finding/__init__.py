"""What a text says: sentences, dates, triggers, sites, actors and products, each with its offsets."""
