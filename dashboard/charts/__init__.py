"""Frame to Altair: charts that answer; none yet."""
