"""The ground floor: records, uncertain dates, places, vocabulary. No I/O beyond its own data, no pandas."""
