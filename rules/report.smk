FIGURE_FILES = [
    file for place, view in VIEWS.items() for file in outputs.drawn(place, view)
]


rule report:
    input:
        claims=expand("results/claims/{paper}.parquet", paper=PLANS),
        figures=FIGURE_FILES,
        trainings=expand(
            "results/trainings/{setup}/trainings.parquet", setup=PLAN.setups()
        ),
        genotypes=expand("results/genotypes/{study}.parquet", study=CONFIG.studies),
    output:
        report="results/report.html",
        claims=report(
            "results/claims.csv",
            category="claims",
            labels={"table": "claims"},
            caption="../workflow/report/claims.rst",
        ),
        config="results/config.yaml",
    log:
        "results/logs/report.log",
    benchmark:
        "results/benchmarks/report.tsv"
    conda:
        "../envs/nascope.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        papers=outputs.report_job(VIEWS),
        config=CONFIG.given(),
        code=code("report"),
    script:
        "../workflow/scripts/report.py"
