#!/bin/sh
# The agents of the bench `succession`: $1 is the folder of their notes. As a conductor it acknowledges
# its role and decides; while a hit is still to come (the file `next`) it leaves words and its role,
# afterwards it mends what there is to be judged. Each call is written down as it begins, and with its
# exit code when it has ended. A child of an old term outlives it and goes on calling with its token.
#
# It is a program of its own, or the shell of an agent that is one: `lead TERM TURN`.
notes=$1
tab=$(printf '\t')

call() {
  n=$((n + 1))
  id=$$.$n
  printf '%s\tbegun\t%s\t%s\t%s\n' "$(date +%s%3N)" "$term" "$id" "$*" >>"$notes/calls"
  temoin "$@" >"$notes/said/$id" 2>&1
  code=$?
  says=$(head -n 1 "$notes/said/$id" | tr "$tab" ' ')
  printf '%s\tended\t%s\t%s\t%s\t%s\n' "$(date +%s%3N)" "$term" "$id" "$code" "$says" >>"$notes/calls"
  return $code
}

mark() {
  : >"$notes/marks/$1.$term.$agent"
}

# Of a process that has ended and waits to be reaped nothing is left that could act.
is_alive() {
  grep -qs '^State:.[^Z]' "/proc/$1/status"
}

haunt() {
  while is_alive "$agent"; do sleep 0.02; done
  verbs="decide acknowledge add answer report"
  most=6
  [ -e "$notes/quick" ] && most=2
  refused=0
  while [ ! -e "$notes/over" ] && [ "$n" -lt 40 ] && [ "$refused" -lt "$most" ]; do
    verb=${verbs%% *}
    case $verb in
    decide) call decide "term $term: ghost $n" ;;
    acknowledge) call acknowledge ;;
    add) call add "term $term: ghost $n" ;;
    answer) call answer "$(cat "$notes/question" 2>/dev/null || echo Q-1)" Red --no-wait ;;
    report) call report handoff "term $term: ghost $n" ;;
    esac
    # Until it was refused for its term it only decides.
    case $says in
    *"has ended"* | *"is nobody's"*) verbs="${verbs#* } $verb" && refused=$((refused + 1)) ;;
    esac
    sleep 0.1
  done
}

lead() {
  # What an agent thinks before it does anything.
  sleep 0.15
  if [ "$turn" = 1 ]; then
    call acknowledge || exit 4
    mark acknowledged
  fi
  call decide "term $term: keep the parser, $turn" || linger
  if [ ! -e "$notes/quick" ]; then
    [ "$term" = 1 ] && call add "term $term: one more"
    call decide "term $term: and its tests, $turn" || linger
  fi
  if [ -s "$notes/next" ]; then leave; else mend; fi
}

# It was refused: nobody but temoin ends it now.
linger() {
  exec sleep 60
}

leave() {
  mark words
  call report handoff "term $term: look at T-1" || linger
  case $(cat "$notes/leaving") in
  dies) exit 3 ;;
  person)
    mark leaving
    linger
    ;;
  # Its agent tells that it is full as soon as this shell has ended.
  full) exit 0 ;;
  esac
}

mend() {
  : >"$notes/mended"
  [ -e "$notes/quick" ] && call retry T-1 && exit 0
  temoin inbox >"$notes/said/inbox.$$" 2>&1
  for ask in $(grep -o 'Q-[0-9]*' "$notes/said/inbox.$$" | sort -u); do
    echo "$ask" >"$notes/question"
    call answer "$ask" Blue --no-wait
  done
  grep -q 'T-1\b' "$notes/said/inbox.$$" && call retry T-1
  exit 0
}

n=0
case $2 in
ghost)
  term=$3
  agent=$4
  haunt
  exit 0
  ;;
lead)
  term=$3
  turn=$4
  agent=$PPID
  ;;
*)
  cat >/dev/null
  if [ "$TEMOIN_TASK" != conductor ]; then
    [ "$TEMOIN_TASK" = T-1 ] && [ ! -e "$notes/mended" ] && exit 0
    mkdir -p work && echo done >"work/$TEMOIN_TASK.txt"
    exit 0
  fi
  term=$TEMOIN_ATTEMPT
  turn=$TEMOIN_TURN
  agent=$$
  ;;
esac

if [ -s "$notes/next" ]; then
  # In a session of its own, without what an agent's processes are known by.
  (env -u TEMOIN_SLOT -u TEMOIN_PROCESS setsid sh "$0" "$notes" ghost "$term" "$agent" </dev/null >/dev/null 2>&1 &)
fi
mark begun
lead
