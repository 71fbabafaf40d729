rule report:
    input:
        claims=expand("results/claims/{paper}.parquet", paper=FIGURES),
        figures=[
            f"results/figures/{paper}/{name}.png"
            for paper in FIGURES
            for name in FIGURES[paper]
        ],
        data=[
            f"results/figures/{paper}/{name}.parquet"
            for paper in FIGURES
            for name in FIGURES[paper]
        ],
        pages=[
            f"results/figures/{paper}/{name}.pdf"
            for paper in FIGURES
            for name in FIGURES[paper]
        ],
        plans=[f"results/trainings/{setup}/plan.parquet" for setup in all_setups()],
        genotypes=expand("results/genotypes/{study}.parquet", study=config["studies"]),
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
        captions={
            paper: {name: figure["caption"] for name, figure in FIGURES[paper].items()}
            for paper in FIGURES
        },
        code=code_version("report.py", "report.html"),
    script:
        "../workflow/scripts/report.py"
