"""Claims of StacNAS."""
