/**
 * A script that stands for a plan: `--check` exits with the code in the file CHECK (default 2) after a line of
 * difference; a run notes the digest of its own bytes and exits with the code in RUN (default 0).
 */
export function stubPlan(folder: string): string {
  return `#!/bin/bash
# It's a stub: quotes ', $(false) and \`false\` must arrive as they are.
main() {
  cd '${folder}' || exit 9
  if [[ \${1-} == --check ]]; then
    echo '~ vm 8001 docker-1: memory 4096 -> 8192'
    [[ -f LOSE ]] && rm -f "$0"
    exit "$(cat CHECK 2>/dev/null || echo 2)"
  fi
  sha256sum <"$0" >ran
  stat -c %a "$(dirname "$0")" >mode
  echo 'converging'
  echo 'a warning' >&2
  if [[ -f SLEEP ]]; then
    trap 'echo yes >interrupted; echo interrupted; exit 130' INT
    echo yes >started
    sleep 20
  fi
  exit "$(cat RUN 2>/dev/null || echo 0)"
}
main "$@"
exit
`;
}
