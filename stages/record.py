"""Complete the run's row in MLflow.

Reads data/config.yaml and what every stage wrote; writes data/record (what was recorded) and the MLflow run.
Run: python -m stages.record
"""

from __future__ import annotations

import logging

from stages.settings.experiment import RecordConfig
from stages.shell.stage import Store, stage
from stages.shell.tracking.client import run_key

logger = logging.getLogger(__name__)


@stage(RecordConfig)
def main(config: RecordConfig, store: Store) -> None:
    """Complete the row; a store that cannot be reached costs a warning, and the row is sent later."""
    document = config.model_dump(mode="json", by_alias=True)
    try:
        from stages.shell.tracking.row import run_name, write_row

        write_row(store.data)
        name = run_name(document)
    except Exception as error:  # whatever MLflow raises: everything it holds can be rebuilt from files
        logger.warning("MLflow cannot be reached; `upcurve sync` sends the run later. %s", error)
        name = config.choices["model"]
    store.write_json("record.json", {"key": run_key(), "name": name, "overrides": list(config.overrides)})


if __name__ == "__main__":
    main()
