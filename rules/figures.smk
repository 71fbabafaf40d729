rule figure:
    input:
        unpack(
            lambda wildcards: outputs.paths_of(
                FIGURES[wildcards.place][wildcards.figure].tables(
                    VIEWS[wildcards.place]
                )
            )
        ),
    output:
        pdf="results/figures/{place}/{figure}.pdf",
        png=report(
            "results/figures/{place}/{figure}.png",
            category="{place}",
            labels={"figure": "{figure}"},
            caption="../workflow/report/figure.rst",
        ),
        data="results/figures/{place}/{figure}.parquet",
    log:
        "results/logs/figures/{place}/{figure}.log",
    benchmark:
        "results/benchmarks/figures/{place}/{figure}.tsv"
    wildcard_constraints:
        place="|".join(VIEWS),
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        caption=lambda wildcards: FIGURES[wildcards.place][wildcards.figure].caption,
        job=lambda wildcards: outputs.made_job(
            FIGURES[wildcards.place][wildcards.figure], VIEWS[wildcards.place]
        ),
        code=lambda wildcards: code(
            "figure", FIGURES[wildcards.place][wildcards.figure].module
        ),
    script:
        "../workflow/scripts/figure.py"


rule claims:
    input:
        lambda wildcards: outputs.claims_inputs(
            PAPERS[wildcards.paper], PLANS[wildcards.paper]
        ),
    output:
        claims="results/claims/{paper}.parquet",
    log:
        "results/logs/claims/{paper}.log",
    benchmark:
        "results/benchmarks/claims/{paper}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=30,
    params:
        claims=lambda wildcards: outputs.claims_job(
            PAPERS[wildcards.paper], PLANS[wildcards.paper]
        ),
        code=lambda wildcards: code(
            "claims", *outputs.claims_modules(PAPERS[wildcards.paper])
        ),
    script:
        "../workflow/scripts/claims.py"
