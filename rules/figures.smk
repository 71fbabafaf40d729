rule figure:
    input:
        unpack(figure_inputs),
    output:
        pdf="results/figures/{paper}/{figure}.pdf",
        png=report(
            "results/figures/{paper}/{figure}.png",
            category="{paper}",
            labels={"figure": "{figure}"},
            caption="../workflow/report/figure.rst",
        ),
        data="results/figures/{paper}/{figure}.parquet",
    log:
        "results/logs/figures/{paper}/{figure}.log",
    benchmark:
        "results/benchmarks/figures/{paper}/{figure}.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1500,
        runtime=10,
    params:
        caption=lambda wildcards: FIGURES[wildcards.paper][wildcards.figure]["caption"],
        options=lambda wildcards: FIGURES[wildcards.paper][wildcards.figure]["options"],
        code=FIGURE_CODE,
    script:
        "../workflow/scripts/figure.py"


rule claims:
    input:
        unpack(claim_inputs),
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
        options=lambda wildcards: CLAIMS[wildcards.paper]["options"],
        code=code_version(
            "analysis/ablation.py",
            "analysis/flatness.py",
            "analysis/one_shot.py",
            "analysis/ranking.py",
            "claims",
            "figures/redundancy/sampling.py",
            "spaces",
            "training/summary.py",
        ),
    script:
        "../workflow/scripts/claims.py"
