# What targets ask for, and what is checked before anything runs. There is no rule here.
import os
import sys

from snakemake.cli import get_argument_parser
from snakemake.io import IOFile

from nascope.errors import NO_ROOM
from nascope.results import forget_the_future, hold_results, remove_leftovers
from nascope.training.devices import check_cards
from nascope.workflow.check import check_made_by_rules
from nascope.workflow.targets import check_targets, is_typed
from nascope.workflow.whole import set_aside

# Locks that are held until the workflow ends.
HELD = []


def with_all_inputs(files):
    """Files and all that they are made from.

    Snakemake does not miss an intermediate file whose successors are there, yet a job that was killed while it made one
    again leaves successors that are out of date: targets ask for all of them. It takes a file without a record of what
    it was made from as it is; here such files are made again.
    """
    found, waiting = {}, list(files)
    while waiting:
        file = waiting.pop()
        makers = (rule for rule in workflow.rules if rule.is_producer(file))
        maker = None if file in found else next(makers, None)
        if maker is not None:
            found[file] = None
            inputs, *_ = maker.expand_input(maker.get_wildcards(file))
            waiting += map(str, inputs)
    runs = workflow.executor_plugin is not None and not workflow.dryrun
    if runs and workflow.is_main_process:
        for file in set_aside(found):
            logger.warning(
                f"{file} was not whole; it is now {file}.damaged and is made again"
            )
    recorded = workflow.persistence.metadata
    unknown = [f for f in found if Path(f).exists() and not recorded(IOFile(f))]
    if unknown and workflow.is_main_process:
        logger.warning(
            f"nothing is known of how {unknown[0]} and {len(unknown) - 1} further files were made; they are made again"
        )
    workflow.dag.forcefiles.update(unknown)
    return list(found)


def check_tables():
    """Refuse figures and claims that read a table which no rule makes."""
    made = [rule.is_producer for rule in workflow.rules]
    check_made_by_rules(
        outputs.tables_read(PLANS), lambda path: any(makes(path) for makes in made)
    )


def check_typed():
    """Refuse targets on the command line that nothing makes; jobs and programs that call Snakemake type none."""
    if not (is_typed(sys.argv[0]) and workflow.is_main_process):
        return
    check_targets(
        get_argument_parser().parse_args(sys.argv[1:]).targets,
        [rule.name for rule in workflow.rules if not rule.has_wildcards()],
        outputs.everything(PLANS),
        lambda path: (
            path in FIGURE_FILES
            if path.startswith("results/figures/")
            else any(rule.is_producer(path) for rule in workflow.rules)
        ),
    )


def without_traceback(record):
    """Let one line say that Snakemake's own files have no room left, as jobs say of theirs."""
    full = map(os.strerror, NO_ROOM)
    text = record.getMessage()
    if "Traceback" in text and any(reason in text for reason in full):
        record.msg, record.args = (
            f"nascope: no room left ({text.strip().splitlines()[-1]}); make some and type the same command again",
            (),
        )
    return True


logger.addFilter(without_traceback)


onstart:
    try:
        HELD.append(hold_results(Path("results")))
        remove_leftovers(Path("results"))
        forget_the_future(Path("results"))
        if GPU and workflow.local_exec:
            check_cards()
    except NascopeError as error:
        raise WorkflowError(str(error))
