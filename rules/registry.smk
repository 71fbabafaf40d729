# What each figure and claim reads, and the options it is given. A new figure is a function in
# nascope.figures.<paper> and an entry here; inputs are named by table kind.
NB201_TABLE = "results/benchmark/nasbench201.parquet"
OWN_TABLE = "results/benchmark/own_space.parquet"
IMPORTANCE = "results/importance/nasbench201.parquet"
FEATURES = "results/operators/features.parquet"

OWN_SPACE = {key: own_space(key) for key in ("dataset", "protocol")}
CONVERGENCE = study_options("understanding", "convergence")
GROUPS = study_options("redundancy", "groups")
OPERATORS = {
    key: config["stacnas"]["operators"][key] for key in ("dataset", "search_protocol")
}
THRESHOLDS = {key: config["nasbench201"][key] for key in ("score", "thresholds")}
TABLE = {"table": config["nasbench201"]["table"]}
SEARCHES = "results/searches/nasbench201.parquet"
TOPOLOGIES = {"cells": config["understanding"]["topologies"]}

FIGURES = {
    "nasbench201": {
        "accuracy": {
            "caption": "Fig. 2: accuracy against parameters and training time on three data sets.",
            "input": {"benchmark": NB201_TABLE},
            "options": TABLE,
        },
        "ranks": {
            "caption": "Fig. 3: ranks of all cells on two data sets against CIFAR-10.",
            "input": {"benchmark": NB201_TABLE},
            "options": TABLE,
        },
        "correlations": {
            "caption": "Fig. 4: correlations between data sets, for all cells and for the best.",
            "input": {"benchmark": NB201_TABLE},
            "options": {**THRESHOLDS, **TABLE},
        },
        "searches": {
            "caption": "Fig. 6: accuracy of the cells found by sample-based search, runs sorted.",
            "input": {"benchmark": NB201_TABLE, "searches": SEARCHES},
            "options": {**config["nasbench201"]["searches"], **TABLE},
        },
        "search_means": {
            "caption": "Table 5, block C: mean accuracy of the cells found, beside the published values.",
            "input": {"benchmark": NB201_TABLE, "searches": SEARCHES},
            "options": {**config["nasbench201"]["searches"], **TABLE},
        },
        "own_space": {
            "caption": "Our own table: a whole NAS-Bench-201 space with fewer nodes, trained here.",
            "input": {"benchmark": OWN_TABLE},
            "options": OWN_SPACE,
        },
    },
    "understanding": {
        "topologies": {
            "caption": "Fig. 1: topologies of popular normal cells, with width and depth.",
            "input": {},
            "options": TOPOLOGIES,
        },
        "convergence": {
            "caption": "Fig. 13: test loss of a published cell and of random connection variants by width.",
            "input": {
                "genotypes": drawn("understanding", "convergence"),
                "curves": trained("understanding", "convergence", "curves"),
            },
            "options": CONVERGENCE,
        },
    },
    "redundancy": {
        "importance": {
            "caption": "Fig. 3 on NAS-Bench-201: operation importance by primitive.",
            "input": {"importance": IMPORTANCE},
            "options": {**config["redundancy"]["importance"], **TABLE},
        },
        "importance_counts": {
            "caption": "Fig. 4 on NAS-Bench-201: how often primitives occur in top and bottom cells, and how often they matter.",
            "input": {"importance": IMPORTANCE},
            "options": {**config["redundancy"]["importance"], **TABLE},
        },
        "pattern_groups": {
            "caption": "Fig. 9, really trained: test error of pattern-constrained samples.",
            "input": {
                "genotypes": drawn("redundancy", "groups"),
                "trainings": trained("redundancy", "groups", "trainings"),
            },
            "options": GROUPS,
        },
    },
    "stacnas": {
        "operator_correlation": {
            "caption": "Feature correlation of operators in a trained supernet, and their clusters.",
            "input": {
                "operator_features": FEATURES,
                "operator_groups": "results/operators/groups.parquet",
            },
            "options": OPERATORS,
        },
    },
}

CLAIMS = {
    "nasbench201": {
        "input": {
            "benchmark": NB201_TABLE,
            "own_benchmark": OWN_TABLE,
            "searches": SEARCHES,
        },
        "options": {**THRESHOLDS, **OWN_SPACE},
    },
    "understanding": {
        "input": FIGURES["understanding"]["convergence"]["input"],
        "options": {
            **CONVERGENCE,
            **TOPOLOGIES,
            "wirings": config["understanding"]["wirings"],
        },
    },
    "redundancy": {
        "input": {
            "importance": IMPORTANCE,
            **FIGURES["redundancy"]["pattern_groups"]["input"],
        },
        "options": {**config["redundancy"]["importance"], **GROUPS},
    },
    "stacnas": {"input": {"operator_features": FEATURES}, "options": OPERATORS},
}
