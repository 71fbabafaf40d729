"""Fit a surrogate to trained architectures, check it, and ask it for importances and patterns."""

from typing import TYPE_CHECKING

from _job import job

from nascope.analysis.importance import genotype_importance
from nascope.analysis.predicted import predict_importance, predict_patterns, predict_replacements
from nascope.config.section import section_of
from nascope.oracles.surrogate import Surrogate, cross_validate
from nascope.papers.redundancy.settings import Surrogate as SurrogateOptions
from nascope.schemas.importance import GENOTYPE_IMPORTANCE, PATTERN_PREDICTIONS, PREDICTIONS, REPLACEMENTS
from nascope.schemas.searches import ARCHITECTURES
from nascope.spaces.darts import SPACE
from nascope.spaces.published import published_darts_cells
from nascope.tables import read_table, write_table

if TYPE_CHECKING:
    from snakemake.iocontainers import snakemake


with job(snakemake) as origin:
    options, output = section_of(SurrogateOptions, snakemake.params.options), snakemake.output
    architectures = read_table(snakemake.input.architectures, ARCHITECTURES)
    fit = {"split": options.split, "seed": options.seed}
    write_table(cross_validate(architectures, folds=options.folds, **fit), PREDICTIONS, output.predictions, origin)
    surrogate = Surrogate(architectures, members=options.members, **fit)
    importance = predict_importance(
        surrogate, population=options.population, fraction=options.fraction, seed=options.seed
    )
    write_table(importance, GENOTYPE_IMPORTANCE, output.importance, origin)
    cells = published_darts_cells()
    genotypes, names = [cell.genotype for cell in cells], [cell.name for cell in cells]
    published = genotype_importance(surrogate, genotypes, names, SPACE, refits=surrogate.refits)
    write_table(published, GENOTYPE_IMPORTANCE, output.published, origin)
    replacements = predict_replacements(surrogate, importance, published, best=options.replaced, seed=options.seed)
    write_table(replacements, REPLACEMENTS, output.replacements, origin)
    patterns = predict_patterns(surrogate, per_group=options.per_group, seed=options.seed)
    write_table(patterns, PATTERN_PREDICTIONS, output.patterns, origin)
