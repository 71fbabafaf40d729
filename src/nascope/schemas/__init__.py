"""What the tables hold: a schema for each kind, with the unit and meaning of every column."""
