# Searches in spaces of two-input cells, and the confusion of their networks' gradients.
rule cell_search:
    input:
        groups=measured_groups,
        images=cell_search_files(),
    output:
        searches="results/cell_searches/{space}.{job}.cells.parquet",
        alphas="results/cell_searches/{space}.{job}.alphas.parquet",
    log:
        "results/logs/cell_search/{space}.{job}.log",
    benchmark:
        "results/benchmarks/cell_search/{space}.{job}.tsv"
    wildcard_constraints:
        space=r"[a-z0-9_]+",
        job=r"\d+",
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=3000,
        runtime=longer(2880),
    params:
        options=cell_search_params,
        store=cell_search_store,
        code=ONE_SHOT_CODE,
    script:
        "../workflow/scripts/cell_search.py"


rule cell_searches:
    input:
        searches=cell_search_tables("cells"),
        alphas=cell_search_tables("alphas"),
    output:
        searches="results/cell_searches/all.parquet",
        alphas="results/cell_searches/alphas.parquet",
    log:
        "results/logs/cell_searches.log",
    benchmark:
        "results/benchmarks/cell_searches.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    script:
        "../workflow/scripts/cell_searches.py"


rule confusion:
    input:
        groups=measured_groups,
        images=files_of(config["stacnas"]["confusion"]["dataset"]),
    output:
        confusion="results/confusion.parquet",
    log:
        "results/logs/confusion.log",
    benchmark:
        "results/benchmarks/confusion.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        gpu=GPU,
        mem_mb=8000,
        runtime=longer(2880),
    params:
        options=config["stacnas"]["confusion"],
        groups=config["stacnas"]["searches"]["groups"],
        dataset=config["datasets"].get(config["stacnas"]["confusion"]["dataset"]),
        space=config["search_spaces"].get(config["stacnas"]["confusion"]["space"]),
        protocol=config["protocols"].get(config["stacnas"]["confusion"]["protocol"]),
        code=code_version(
            *TRAINING_MODULES,
            "analysis/confusion.py",
            "search/one_shot",
            "spaces/complete.py",
        ),
    script:
        "../workflow/scripts/confusion.py"
