"""Search algorithms: sample-based ones consume an oracle, one-shot ones a supernet."""
