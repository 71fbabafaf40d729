rule searches:
    input:
        unpack(searched_table),
    output:
        searches="results/searches/{table}.parquet",
        sweeps="results/searches/{table}.sweeps.parquet",
    log:
        "results/logs/searches/{table}.log",
    benchmark:
        "results/benchmarks/searches/{table}.tsv"
    wildcard_constraints:
        table="nasbench201|own_space",
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=60,
    params:
        options=lambda wildcards: SEARCHES[wildcards.table],
        code=code_version(
            "oracles/histories.py",
            "oracles/tabular.py",
            "search/bohb.py",
            "search/environment.py",
            "search/local_search.py",
            "search/predictor_guided.py",
            "search/random_search.py",
            "search/regularized_evolution.py",
            "search/reinforce.py",
            "search/sample_based.py",
            "spaces/nasbench201.py",
            "spaces/paths.py",
        ),
    script:
        "../workflow/scripts/searches.py"
