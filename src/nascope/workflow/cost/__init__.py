"""What a configuration will cost, before anything starts: steps counted, and some of them timed."""
