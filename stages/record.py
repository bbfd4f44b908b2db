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
    from stages.shell.tracking.row import run_name, write_row

    key, name = run_key(), run_name(config.model_dump(mode="json", by_alias=True))
    try:
        write_row(store.data, key=key)
    except Exception as error:  # whatever MLflow raises: everything it holds can be rebuilt from files
        said = " ".join(str(error).split()) or type(error).__name__
        logger.warning("MLflow did not take the run; `upcurve sync` sends it later. %s", said)
    store.write_json("record.json", {"key": key, "name": name, "overrides": list(config.overrides)})


if __name__ == "__main__":
    main()
