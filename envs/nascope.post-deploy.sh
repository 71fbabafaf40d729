#!/bin/sh
# Snakemake runs a copy of this in the new conda environment: the pins of the Makefile's pip install, and this checkout.
# It makes another environment when this text changes, so the text names the pins by their sum.
set -eu
pins=$NASCOPE_CHECKOUT/requirements.lock
if ! echo "7be846979cd3f56632a6bcfcd494e7138a6f0710dffd71c9ec9629baaa0c8ff7  $pins" | sha256sum --check --status; then
    echo "nascope: $pins has changed: write its sha256sum into envs/nascope.post-deploy.sh"
    exit 1
fi
python -m pip install --quiet --requirement "$pins"
python -m pip install --quiet --no-deps --no-build-isolation --editable "$NASCOPE_CHECKOUT"
