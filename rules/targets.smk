# What targets ask for, and what is checked before anything runs. There is no rule here.
from nascope.results import forget_the_future, hold_results
from nascope.training.devices import check_cards
from nascope.workflow.check import check_made_by_rules
from nascope.workflow.whole import set_aside

# Locks that are held until the workflow ends.
HELD = []


def with_all_inputs(files):
    """Files and all that they are made from.

    Snakemake does not miss an intermediate file whose successors are there, yet a job that was killed while it made one
    again leaves successors that are out of date: targets ask for all of them.
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
    return list(found)


def check_tables():
    """Refuse figures and claims that read a table which no rule makes."""
    made = [rule.is_producer for rule in workflow.rules]
    check_made_by_rules(
        outputs.tables_read(PLANS), lambda path: any(makes(path) for makes in made)
    )


onstart:
    try:
        HELD.append(hold_results(Path("results")))
        forget_the_future(Path("results"))
        if GPU and workflow.local_exec:
            check_cards()
    except NascopeError as error:
        raise WorkflowError(str(error))
