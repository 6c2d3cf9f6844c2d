"""Personal data: which columns hold it, what is held about one customer, and where else it is mentioned."""
