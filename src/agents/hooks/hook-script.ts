/**
 * What the hooks of an agent run: a few lines of POSIX shell that cost a few milliseconds and need
 * no temoin. Each call leaves its input as one file in the spool beside the script; one that has to
 * be answered waits at a pipe of its own, while the agent shows its dialog.
 *
 * Invariant: whatever goes wrong, the agent goes on as if there were no hook: nothing is printed,
 * and the exit code is 0, for 2 would stop the agent.
 */

/** Beside the spool. Arguments: the event's name, and `wait` where an answer is waited for. */
export const hookScript = `# temoin: what this agent tells of itself. Safe to remove once the agent has ended.
trap 'exit 0' 0
umask 077
spool=\${0%/*}/spool
n=0
id=$1.$$.0
while [ -e "$spool/$id" ] || [ -e "$spool/$id.answer" ]; do
  n=$((n + 1))
  id=$1.$$.$n
done
if [ "$2" = wait ]; then
  mkfifo "$spool/$id.answer" || exit 0
  # For both: so it is open before anybody writes, and whoever writes can see that it is.
  exec 3<>"$spool/$id.answer"
fi
cat >"$spool/.$$" && mv "$spool/.$$" "$spool/$id" || exit 0
[ "$2" = wait ] || exit 0
IFS= read -r answer <&3
rm -f "$spool/$id.answer"
[ -z "$answer" ] || printf '%s\\n' "$answer"
`;

/** The latest alone counts. What stands after it gets the same input and prints what is shown. */
export function latestScript(name: string, command: string | null): string {
  return `# temoin: what this agent tells of itself. Safe to remove once the agent has ended.
umask 077
spool=\${0%/*}/spool
cat >"$spool/.$$" || exit 0
exec <"$spool/.$$"
mv "$spool/.$$" "$spool/${name}"
${command === null ? "exit 0" : `exec sh -c ${quoteShell(command)}`}
`;
}

/** A shell command for an agent's settings. Without its script it does nothing: 2 would stop the agent. */
export function callOf(script: string, ...args: readonly string[]): string {
  const file = quoteShell(script);
  return `if [ -r ${file} ]; then exec sh ${[file, ...args].join(" ")}; fi`;
}

function quoteShell(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
