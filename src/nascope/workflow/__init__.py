"""From a configuration to what Snakemake's rules need: set-ups, tables, options, versions. Knows no Snakemake."""
