# What each figure and claim reads, and the options it is given. A new figure is a function in
# nascope.figures.<paper> and an entry here; inputs are named by table kind.
NB201_TABLE = "results/benchmark/nasbench201.parquet"
OWN_TABLE = "results/benchmark/own_space.parquet"
IMPORTANCE = "results/importance/nasbench201.parquet"
ABLATION = "results/ablation/nasbench201.parquet"
MOTIFS = "results/motifs/nasbench201.parquet"
DARTS_MOTIFS = "results/motifs/darts.parquet"
FEATURES = "results/operators/features.parquet"

OWN_SPACE = {key: own_space(key) for key in ("dataset", "protocol")}
CONVERGENCE = study_options("understanding", "convergence")
GROUPS = study_options("redundancy", "groups")
OPERATORS = {
    key: config["stacnas"]["operators"][key] for key in ("dataset", "search_protocol")
}
THRESHOLDS = {key: config["nasbench201"][key] for key in ("score", "thresholds")}
TABLE = {"table": config["nasbench201"]["table"]}
FOUND = {
    table: f"results/searches/{table}.parquet" for table in ("nasbench201", "own_space")
}
SWEEPS = "results/searches/nasbench201.sweeps.parquet"
# What is searched: dataset, epochs of an evaluation, budget, runs, seed, algorithms and sweeps.
SEARCHES = {
    "nasbench201": {
        **config["nasbench201"]["searches"],
        "budget": config["nasbench201"]["searches"]["budget_seconds"],
    },
    "own_space": {
        **config["nasbench201"]["own_searches"],
        "dataset": OWN_SPACE["dataset"],
        "epochs": config["protocols"][OWN_SPACE["protocol"]]["epochs"],
        "budget": config["nasbench201"]["own_searches"]["budget_epochs"],
        "sweeps": {},
    },
}
RANKS = {
    **OWN_SPACE,
    "dataset": (
        OWN_SPACE["dataset"]
        if config["nasbench201"]["histories"] == "own"
        else "cifar10-valid"
    ),
    "histories": config["nasbench201"]["histories"],
    "draws": config["nasbench201"]["draws"],
    **TABLE,
}
PUBLISHED_PROTOCOL = {
    "name": "nasbench201_200",
    "protocol": config["protocols"]["nasbench201_200"],
}
SURROGATE = {
    **GROUPS,
    **config["redundancy"]["surrogate"],
    "threshold": config["redundancy"]["importance"]["threshold"],
}
PREDICTIONS = "results/surrogate/predictions.parquet"
DARTS_IMPORTANCE = "results/importance/darts.parquet"
PUBLISHED_IMPORTANCE = "results/importance/published.parquet"
# Samples and published cells that are compared; trained alike, or the comparison means nothing.
COMPARED = [study_named("redundancy", key) for key in ("groups", "published")]
check_one_setup(COMPARED)
SAMPLED = {
    "genotypes": [drawn("redundancy", key) for key in ("groups", "published")],
    "trainings": [
        trained("redundancy", key, "trainings") for key in ("groups", "published")
    ],
}
EVALUATED = study_named("redundancy", "evaluated")
REMOVED = {
    **study_options("redundancy", "removal"),
    "score": config["redundancy"]["removal_score"],
}
REDUCTIONS = {
    "genotypes": drawn("redundancy", "reductions"),
    "trainings": trained("redundancy", "reductions", "trainings"),
}
NEIGHBOURHOODS = config["redundancy"]["neighbourhoods"]
MINED = {
    **config["redundancy"]["importance"],
    **config["redundancy"]["motifs"],
    **TABLE,
}
CELL_SEARCHES = {
    "cell_searches": "results/cell_searches/all.parquet",
    "search_alphas": "results/cell_searches/alphas.parquet",
}
SEARCHED = config["stacnas"]["searches"]
EDGE = study_options("stacnas", "edge")
EDGE_TABLES = {
    "genotypes": drawn("stacnas", "edge"),
    "trainings": trained("stacnas", "edge", "trainings"),
}
FOUND_STUDIES = study_named("stacnas", "found")
FOUND_TABLES = {
    "genotypes": drawn("stacnas", "found"),
    "trainings": trained("stacnas", "found", "trainings"),
}
ONE_SHOT_TABLE = "results/one_shot/all.parquet"
ONE_SHOT = {**config["nasbench201"]["one_shot"], **TABLE}
SCORES = NB201_TABLE if ONE_SHOT["oracle"] == "published" else OWN_TABLE
KINDS = {
    "sample-based": list(config["nasbench201"]["searches"]["algorithms"]),
    "one-shot": list(config["nasbench201"]["one_shot"]["algorithms"]),
}
TOPOLOGIES = {"cells": config["understanding"]["topologies"]}
CURVES = {
    study: {
        "genotypes": drawn("understanding", study),
        "curves": trained("understanding", study, "curves"),
    }
    for study in ("convergence", "families", "operations", "rates")
}
MEASURED = {
    measure: f"results/geometry/{measure}.parquet" for measure in measured_studies()
}
RATES = config["understanding"]["rates"]
ADAPTED = config["understanding"]["generalisation"]
# Published cells and their variants at the end of training, over all families.
FINAL = {
    "genotypes": [
        drawn("understanding", study) for study in ("convergence", "families")
    ],
    "trainings": [
        trained("understanding", study, "trainings")
        for study in ("convergence", "families")
    ],
}


def surroundings(study, *measures):
    """A figure's inputs: genotypes of a study and measures of its weights' surroundings."""
    return {
        "genotypes": drawn("understanding", study),
        **{measure: MEASURED[measure] for measure in measures},
    }


def surroundings_options(study, measure):
    """What a figure says of how they were measured; grids are drawn for the first seed."""
    geometry = config["understanding"]["geometry"]
    options = geometry["measures"][measure]
    own = {**options, **options["studies"].get(config["understanding"][study], {})}
    return {
        **study_options("understanding", study),
        **{key: own[key] for key in ("split", "images")},
        "batch_norm": own["batch_norm"][0],
        "seed": geometry["seeds"][0],
    }


FIGURES = {
    "nasbench201": {
        "skeleton": {
            "caption": "Fig. 1: the macro skeleton, a cell and the operations.",
            "input": {},
            "options": PUBLISHED_PROTOCOL,
        },
        "protocol": {
            "caption": "Table 1: the training protocol.",
            "input": {},
            "options": PUBLISHED_PROTOCOL,
        },
        "spaces": {
            "caption": "Table 2: the space in numbers.",
            "input": {"benchmark": NB201_TABLE},
            "options": TABLE,
        },
        "speedups": {
            "caption": "Table 3: which algorithms a table speeds up.",
            "input": {},
            "options": {"algorithms": KINDS},
        },
        "accuracy": {
            "caption": "Fig. 2: accuracy against parameters, training time and index on three data sets.",
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
            "input": {"benchmark": NB201_TABLE, "searches": FOUND["nasbench201"]},
            "options": {**SEARCHES["nasbench201"], **TABLE},
        },
        "search_means": {
            "caption": "Table 5, block C: mean accuracy of the cells found, beside the published values.",
            "input": {"benchmark": NB201_TABLE, "searches": FOUND["nasbench201"]},
            "options": {**SEARCHES["nasbench201"], **TABLE},
        },
        "sweeps": {
            "caption": "Fig. 9 and 10: regularized evolution by sample size, REINFORCE by learning rate.",
            "input": {"benchmark": NB201_TABLE, "searches": SWEEPS},
            "options": {**SEARCHES["nasbench201"], **TABLE},
        },
        "costs": {
            "caption": "Table 4: what a search costs.",
            "input": {"searches": FOUND["nasbench201"]},
            "options": {**SEARCHES["nasbench201"], **TABLE},
        },
        "own_searches": {
            "caption": "The algorithms on our own table, BOHB with real fidelities.",
            "input": {"benchmark": OWN_TABLE, "searches": FOUND["own_space"]},
            "options": SEARCHES["own_space"],
        },
        "ranks_over_epochs": {
            "caption": "Fig. 5: ranks after some epochs against final ranks.",
            "input": rank_tables(),
            "options": RANKS,
        },
        "early_correlations": {
            "caption": "Table 6: correlation of early with final accuracy.",
            "input": rank_tables(),
            "options": RANKS,
        },
        "one_shot": {
            "caption": "Fig. 7 and 8: accuracy of the cell that a one-shot search would return, by epoch.",
            "input": {"one_shot": ONE_SHOT_TABLE, "benchmark": SCORES},
            "options": ONE_SHOT,
        },
        "one_shot_means": {
            "caption": "Table 5, blocks A and B: final cells of one-shot searches.",
            "input": {"one_shot": ONE_SHOT_TABLE, "benchmark": SCORES},
            "options": ONE_SHOT,
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
        "wirings": {
            "caption": "Where published cells stand among all wirings, by width and depth.",
            "input": {},
            "options": TOPOLOGIES,
        },
        "variants": {
            "caption": "Fig. 2: random connection variants of a published cell.",
            "input": {"genotypes": drawn("understanding", "convergence")},
            "options": {},
        },
        "convergence": {
            "caption": "Fig. 3 and 13: test loss and accuracy of a published cell and of random connection variants by width.",
            "input": CURVES["convergence"],
            "options": CONVERGENCE,
        },
        "convergence_measures": {
            "caption": "Speed of convergence against width and depth.",
            "input": CURVES["convergence"],
            "options": {**CONVERGENCE, "level": config["understanding"]["level"]},
        },
        "families": {
            "caption": "Fig. 11, 12, 14 and 15: test loss of other published cells and of connection variants.",
            "input": CURVES["families"],
            "options": study_options("understanding", "families"),
        },
        "operations": {
            "caption": "Fig. 4: test accuracy of published cells and of variants with random operations.",
            "input": CURVES["operations"],
            "options": study_options("understanding", "operations"),
        },
        "rates": {
            "caption": "Fig. 5: the same cells with other learning rates.",
            "input": CURVES["rates"],
            "options": {
                "learning_rates": [
                    study_entry(study, "protocol")["learning_rate"] for study in RATES
                ],
                "dataset": config["studies"][RATES[0]]["dataset"],
                "protocols": [config["studies"][study]["protocol"] for study in RATES],
            },
        },
        "lines": {
            "caption": "Loss along one random direction through the trained weights.",
            "input": surroundings("convergence", "landscape"),
            "options": surroundings_options("convergence", "landscape"),
        },
        "contours": {
            "caption": "Fig. 6 and 17: loss contours around trained weights, by width.",
            "input": surroundings("convergence", "landscape"),
            "options": surroundings_options("convergence", "landscape"),
        },
        "surfaces": {
            "caption": "The contours as surfaces.",
            "input": surroundings("convergence", "landscape"),
            "options": surroundings_options("convergence", "landscape"),
        },
        "family_contours": {
            "caption": "Fig. 16, 18 and 19: loss contours for other published cells and variants.",
            "input": surroundings("families", "landscape"),
            "options": surroundings_options("families", "landscape"),
        },
        "trajectories": {
            "caption": "The path of training in the plane of its principal directions.",
            "input": surroundings("convergence", "landscape", "trajectories"),
            "options": surroundings_options("convergence", "landscape"),
        },
        "gradient_variance": {
            "caption": "Fig. 7: variance of gradients around trained weights, by width.",
            "input": surroundings("convergence", "gradients"),
            "options": surroundings_options("convergence", "gradients"),
        },
        "gradient_surfaces": {
            "caption": "Fig. 22: variance of gradients as surfaces.",
            "input": surroundings("convergence", "gradients"),
            "options": surroundings_options("convergence", "gradients"),
        },
        "family_gradients": {
            "caption": "Fig. 20, 21 and 23: variance of gradients for other published cells and variants.",
            "input": surroundings("families", "gradients"),
            "options": surroundings_options("families", "gradients"),
        },
        "geometry": {
            "caption": "Basin, gradient variance and sharpness against width.",
            "input": surroundings("convergence", "landscape", "gradients", "sharpness"),
            "options": surroundings_options("convergence", "landscape"),
        },
        "theory": {
            "caption": "Fig. 8, Theorems 4.1 and 4.2: bounds and measured values on linear cells.",
            "input": {"theory": "results/theory.parquet"},
            "options": config["understanding"]["theory"],
        },
        "final_accuracy": {
            "caption": "Fig. 9: test accuracy of published cells and of connection variants after training.",
            "input": FINAL,
            "options": studies_options(
                [
                    study_named("understanding", study)
                    for study in ("convergence", "families")
                ]
            ),
        },
        "adapted": {
            "caption": "Fig. 10: adapted cells.",
            "input": {"genotypes": drawn("understanding", "generalisation")},
            "options": {},
        },
        "generalisation": {
            "caption": "Table 1: test error and parameters of original and adapted cells.",
            "input": {
                "genotypes": drawn("understanding", "generalisation"),
                "trainings": trained("understanding", "generalisation", "trainings"),
                "parameters": [
                    f"results/parameters/{study}.parquet" for study in ADAPTED
                ],
            },
            "options": studies_options(ADAPTED),
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
        "surrogate": {
            "caption": "Fig. 2: how far the surrogate of the DARTS space can be trusted.",
            "input": {"predictions": PREDICTIONS},
            "options": SURROGATE,
        },
        "darts_importance": {
            "caption": "Fig. 3: operation importance by primitive in the DARTS space.",
            "input": {
                "genotype_importance": DARTS_IMPORTANCE,
                "predictions": PREDICTIONS,
            },
            "options": SURROGATE,
        },
        "darts_counts": {
            "caption": "Fig. 4: occurrences of primitives in the DARTS space, and how often they matter.",
            "input": {
                "genotype_importance": DARTS_IMPORTANCE,
                "predictions": PREDICTIONS,
            },
            "options": SURROGATE,
        },
        "skip_positions": {
            "caption": "Importance of skip connections by where they come from.",
            "input": {
                "genotype_importance": DARTS_IMPORTANCE,
                "predictions": PREDICTIONS,
            },
            "options": SURROGATE,
        },
        "pattern_predicted": {
            "caption": "Fig. 9: predicted error of pattern-constrained samples, corrected and as coded.",
            "input": {
                "pattern_predictions": "results/surrogate/patterns.parquet",
                "predictions": PREDICTIONS,
            },
            "options": SURROGATE,
        },
        "removal": {
            "caption": "Fig. 5 and 6 on NAS-Bench-201: removing operations by importance.",
            "input": {"ablation": ABLATION},
            "options": {**config["redundancy"]["importance"], **TABLE},
        },
        "removal_trained": {
            "caption": "Fig. 5 and 6: removing operations by importance, every remaining cell trained.",
            "input": {
                "genotypes": drawn("redundancy", "removal"),
                "trainings": trained("redundancy", "removal", "trainings"),
                "predictions": PREDICTIONS,
            },
            "options": {**SURROGATE, **REMOVED},
        },
        "reduction_cells": {
            "caption": "Do reduction cells matter? Published cells with other ones.",
            "input": REDUCTIONS,
            "options": study_options("redundancy", "reductions"),
        },
        "motifs": {
            "caption": "Fig. 7 on NAS-Bench-201: frequent subgraphs of important parts.",
            "input": {"motifs": MOTIFS},
            "options": MINED,
        },
        "motif_table": {
            "caption": "Table 1 on NAS-Bench-201: frequent subgraphs, their support and incidence.",
            "input": {"motifs": MOTIFS},
            "options": MINED,
        },
        "darts_motifs": {
            "caption": "Fig. 7: frequent subgraphs of important parts in the DARTS space.",
            "input": {"motifs": DARTS_MOTIFS, "predictions": PREDICTIONS},
            "options": {**MINED, **SURROGATE},
        },
        "darts_motif_table": {
            "caption": "Table 1: frequent subgraphs in the DARTS space, their support and incidence.",
            "input": {"motifs": DARTS_MOTIFS, "predictions": PREDICTIONS},
            "options": {**MINED, **SURROGATE},
        },
        "published_importance": {
            "caption": "Importance of every operation of published cells.",
            "input": {
                "genotype_importance": PUBLISHED_IMPORTANCE,
                "predictions": PREDICTIONS,
            },
            "options": SURROGATE,
        },
        "published_drawn": {
            "caption": "Fig. 8: published cells and their important parts.",
            "input": {
                "genotype_importance": PUBLISHED_IMPORTANCE,
                "predictions": PREDICTIONS,
            },
            "options": {**SURROGATE, "cells": config["redundancy"]["drawn"]},
        },
        "published_pattern": {
            "caption": "Fig. 8 in numbers: published cells and the pattern of skips and separable convolutions.",
            "input": {},
            "options": {},
        },
        "pattern_groups": {
            "caption": "Fig. 9 and 10, really trained: test error of pattern-constrained samples and of published cells.",
            "input": SAMPLED,
            "options": GROUPS,
        },
        "pattern_table": {
            "caption": "Table 2: pattern-constrained samples against published cells.",
            "input": {
                "genotypes": drawn("redundancy", "evaluated"),
                "trainings": trained("redundancy", "evaluated", "trainings"),
                "parameters": [
                    f"results/parameters/{study}.parquet" for study in EVALUATED
                ],
            },
            "options": studies_options(EVALUATED),
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
        "operator_clusters": {
            "caption": "Mean features of operators, and the stability of their groups over seeds and edges.",
            "input": {
                "operator_features": FEATURES,
                "operator_groups": "results/operators/groups.parquet",
            },
            "options": OPERATORS,
        },
        "skip_counts": {
            "caption": "Collapse: skip connections in the cell that each search would return.",
            "input": {"cell_searches": CELL_SEARCHES["cell_searches"]},
            "options": SEARCHED,
        },
        "strengths": {
            "caption": "Architecture parameters along the searches.",
            "input": {"search_alphas": CELL_SEARCHES["search_alphas"]},
            "options": SEARCHED,
        },
        "found_cells": {
            "caption": "Tables 1-3 in form: test error of the cells found, by space and algorithm.",
            "input": {
                **FOUND_TABLES,
                "parameters": [
                    f"results/parameters/{study}.parquet" for study in FOUND_STUDIES
                ],
            },
            "options": studies_options(FOUND_STUDIES),
        },
        "confusion": {
            "caption": "Gradient confusion of search networks by depth, and of the final network.",
            "input": {"confusion": "results/confusion.parquet"},
            "options": config["stacnas"]["confusion"],
        },
        "depths": {
            "caption": "Depths of the search networks that match the final network.",
            "input": {"confusion": "results/confusion.parquet"},
            "options": config["stacnas"]["confusion"],
        },
        "alpha_accuracy": {
            "caption": "Architecture parameters against the accuracy of networks with each operator.",
            "input": {"search_alphas": CELL_SEARCHES["search_alphas"], **EDGE_TABLES},
            "options": {**EDGE, "space": SEARCHED["spaces"][0]},
        },
    },
}

# Importance by real training costs a training a neighbour: drawn where a study asks for it.
if NEIGHBOURHOODS:
    FIGURES["redundancy"]["trained_importance"] = {
        "caption": "Importance by training all neighbours, against the surrogate's.",
        "input": {
            "genotypes": drawn("redundancy", "neighbourhoods"),
            "trainings": trained("redundancy", "neighbourhoods", "trainings"),
            "genotype_importance": PUBLISHED_IMPORTANCE,
            "predictions": PREDICTIONS,
        },
        "options": {
            **SURROGATE,
            **study_options_of(NEIGHBOURHOODS[0]),
            "epochs": study_entry(NEIGHBOURHOODS[0], "protocol")["epochs"],
        },
    }

CLAIMS = {
    "nasbench201": {
        "input": {
            "benchmark": NB201_TABLE,
            "own_benchmark": OWN_TABLE,
            "searches": FOUND["nasbench201"],
            "one_shot": ONE_SHOT_TABLE,
            "scores_benchmark": SCORES,
        },
        "options": {
            **THRESHOLDS,
            **OWN_SPACE,
            "one_shot_dataset": ONE_SHOT["dataset"],
        },
    },
    "understanding": {
        "input": {
            **CURVES["convergence"],
            **{
                f"{study}_{table}": path
                for study in ("families", "operations", "rates")
                for table, path in CURVES[study].items()
            },
            **{measure: MEASURED[measure] for measure in ("landscape", "gradients")},
            "theory": "results/theory.parquet",
            **{f"final_{table}": paths for table, paths in FINAL.items()},
            "adapted_genotypes": drawn("understanding", "generalisation"),
            "adapted_trainings": trained(
                "understanding", "generalisation", "trainings"
            ),
        },
        "options": {
            **CONVERGENCE,
            **TOPOLOGIES,
            "batch_norm": {
                measure: surroundings_options("convergence", measure)["batch_norm"]
                for measure in ("landscape", "gradients")
            },
            "other_rates": [
                rate
                for rate in FIGURES["understanding"]["rates"]["options"][
                    "learning_rates"
                ]
                if rate != config["protocols"][CONVERGENCE["protocol"]]["learning_rate"]
            ],
            "adapted_datasets": studies_options(ADAPTED)["datasets"],
        },
    },
    "redundancy": {
        "input": {
            "importance": IMPORTANCE,
            "ablation": ABLATION,
            "genotype_importance": DARTS_IMPORTANCE,
            "pattern_predictions": "results/surrogate/patterns.parquet",
            **{
                f"{prefix}{table}": path
                for prefix, key in {
                    "": "groups",
                    "published_": "published",
                    "removal_": "removal",
                    "reductions_": "reductions",
                }.items()
                for table, path in {
                    "genotypes": drawn("redundancy", key),
                    "trainings": trained("redundancy", key, "trainings"),
                }.items()
            },
        },
        "options": {
            **config["redundancy"]["importance"],
            **GROUPS,
            "removal": REMOVED,
            "reductions": study_options("redundancy", "reductions"),
            "score": REMOVED["score"],
        },
    },
    "stacnas": {
        "input": {
            "operator_features": FEATURES,
            **CELL_SEARCHES,
            **FOUND_TABLES,
            **{f"edge_{table}": path for table, path in EDGE_TABLES.items()},
        },
        "options": {
            **OPERATORS,
            "searches": SEARCHED,
            "found": study_options_of(FOUND_STUDIES[0]),
            "edge": {**EDGE, "space": SEARCHED["spaces"][0]},
        },
    },
}
