"""Training: protocols, the loop, checkpoints, interruption, devices, and shards of many trainings."""
