#!/usr/bin/env bash
# The composite action's one step. The environment has qedoc and the code that is checked; the lock file answers all runs but the first.
set -uo pipefail

read -r -a args <<<"${QEDOC_ARGS:-}"

qedoc check --quiet --format github "${args[@]}"
code=$?

if [ -n "${QEDOC_SARIF:-}" ]; then
  qedoc check --quiet --format sarif --output "$QEDOC_SARIF" "${args[@]}" 2>/dev/null
fi
if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then
  { echo '```text'; qedoc check --quiet "${args[@]}" 2>&1; echo '```'; } >>"$GITHUB_STEP_SUMMARY"
fi
if [ -n "${GITHUB_OUTPUT:-}" ]; then
  echo "exit-code=$code" >>"$GITHUB_OUTPUT"
fi
exit "$code"
