# Sourced by scripts: Step NAME COMMAND... runs quietly, prints one line with the duration, and on failure the
# end of what the command said. With VERBOSE=1 its output is shown as it comes.
Step() {
    local name=$1 log status=0 from=$EPOCHREALTIME
    shift
    if [ -n "${VERBOSE:-}" ]; then
        echo "· $name"
        "$@" || status=$?
    else
        log=$(mktemp)
        [ -t 1 ] && printf '· %s …\r' "$name"
        "$@" >"$log" 2>&1 || status=$?
        [ "$status" = 0 ] || tail -n 60 "$log" >&2
        rm -f "$log"
    fi
    local seconds=$(((${EPOCHREALTIME/./} - ${from/./}) / 100000))
    printf '· %-44s %6d.%d s%s\n' "$name" $((seconds / 10)) $((seconds % 10)) "$([ "$status" = 0 ] || echo '  FAILED')"
    return "$status"
}
