/**
 * The program that runs on the host beside a plan, as a fixed text for `bash -c`; values reach it only as positional
 * arguments: a mark for its messages, the script's size and SHA-256, the folder to stage in, and options for the script.
 *
 * It takes the script's bytes from its standard input, then commands, a line each: `secrets BYTES`, followed by so many
 * bytes, which it hands to the script in a file that only its user can read; `check`, `run`, and while one of
 * them runs `INT` or `TERM`. It answers with lines `RS MARK WORD...` among the script's own output: `staged`,
 * `check CODE`, `run CODE`, `lost` (the staged file is gone or differs), `refused REASON`. When its input ends, by
 * wish or because the connection broke, it interrupts what runs and removes the staged file.
 *
 * Job control (`set -m`) gives the script a process group of its own with default signals, so that an interruption
 * reaches its commands as Ctrl-C on a terminal would; without it bash starts background jobs deaf to SIGINT.
 */
export const SUPERVISOR = `set -u
mark=$1 size=$2 sum=$3 base=$4
shift 4
mask=$(umask)
umask 077
exec 3<&0 </dev/null
say() { printf '\\036%s %s\\n' "$mark" "$*"; }
intact() {
  [[ -f $file && $(stat -c %s -- "$file") == "$size" && $(sha256sum <"$file") == "$sum  -" ]]
}
supervise() {
  local pid reader code=0
  if ! intact; then
    say lost
    return
  fi
  set -m
  bash "$file" "\${@:2}" "\${secrets[@]}" 3<&- &
  pid=$!
  {
    while read -r word <&3; do
      case $word in INT | TERM) kill -s "$word" -- "-$pid" ;; esac
    done
    kill -s INT -- "-$pid"
  } 2>/dev/null &
  reader=$!
  set +m
  while
    wait "$pid" 2>/dev/null
    code=$?
    kill -0 "$pid" 2>/dev/null
  do :; done
  kill -s KILL -- "-$reader" 2>/dev/null
  wait "$reader" 2>/dev/null
  say "$1" "$code"
}
mkdir -p -- "$base" 2>/dev/null
dir=$(mktemp -d -- "$base/run.XXXXXXXX" 2>/dev/null) || {
  say refused "cannot make a folder in $base"
  exit 1
}
file=$dir/plan.sh
trap 'rm -rf -- "$dir"' EXIT
trap : HUP INT TERM PIPE
head -c "$size" <&3 >"$file"
if ! intact; then
  say refused "the script did not arrive whole"
  exit 1
fi
umask "$mask"
secrets=()
say staged
while read -r word bytes <&3; do
  case $word in
    secrets)
      (umask 077 && head -c "$bytes" <&3 >"$dir/secrets")
      secrets=(--secrets "$dir/secrets")
      ;;
    check) supervise check --check "\${@}" ;;
    run) supervise run "\${@}" ;;
    *) ;;
  esac
done
`;

/** Where scripts are staged: below the folder that the plan itself keeps its state in; root alone can write there. */
export const STAGING_FOLDER = "/var/lib/phxc/staging";

/** The supervisor as an argument vector for {@link "./transport.js"}. */
export function supervisorArgv(
  mark: string,
  script: { readonly size: number; readonly sum: string },
  base: string,
  flags: readonly string[],
): readonly string[] {
  return ["bash", "-c", SUPERVISOR, "phxc", mark, String(script.size), script.sum, base, ...flags];
}
