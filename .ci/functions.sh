# shellcheck shell=bash
# What .ci/run and .ci/drills share, and source: they count, and have a folder and a PostgreSQL for this run only.
# PG_LOCALE chooses the locale of the PostgreSQL cluster (C.UTF-8 unless set).
set -euo pipefail
unset DATABASE_URL DEMO DEBUG              # the run says itself which database and which settings
unset PYTHONDONTWRITEBYTECODE              # each worker of pytest would rewrite all assertions once more
export REQUIRE_BROWSER=1 REQUIRE_SERVERS=1 # where one is missing, that is a failure and no skip

work=$(mktemp -d)
chmod 711 "$work" # PostgreSQL runs as another user and has its cluster in here
cluster=$work/cluster
passed=0
failed=0

end_postgresql() {
    [ -f "$cluster/postmaster.pid" ] || return 0
    local pid
    pid=$(head -n 1 "$cluster/postmaster.pid")
    kill -INT "$pid" 2>/dev/null || return 0
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
}

clean_up() {
    local pid
    for pid in $(jobs -p); do kill "$pid" 2>/dev/null || true; done # what was begun and not waited for
    end_postgresql
    rm -rf "$work"
}
trap clean_up EXIT

section() { printf '\n======== %s (begun at %d:%02d)\n' "$*" $((SECONDS / 60)) $((SECONDS % 60)); }

secret() { python3 -c 'import secrets; print(secrets.token_hex(32))'; }

# check HEADING COMMAND…: one thing that holds or does not. The run goes on, so that it shows all that is wrong.
check() {
    local heading=$1
    section "$heading"
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $heading"
    fi
}

# counted HOW LOG: the number in front of a word of the closing line, which is pytest's or that of summary.
counted() { tail -n 1 "$2" | grep -oE "[0-9]+ $1" | grep -oE '[0-9]+' || echo 0; }

# tests HEADING COMMAND…: a run of pytest; its tests are counted one by one. Where no more than $forgiven fail, they run
# once more by themselves: one that passes then is unsteady, which the summary says by name, and is no failure. A run that
# hangs is ended after $patience; pytest itself ends a test that hangs long before.
forgiven=2
patience=40m
unsteady=()
tests() {
    local status=0 bad heading=$1
    section "$heading"
    shift
    timeout --kill-after=1m "$patience" "$@" 2>&1 | tee "$work/log" || status=$?
    count_passed
    bad=$(($(counted failed "$work/log") + $(counted error "$work/log")))
    if [ "$status" -eq 1 ] && [ "$bad" -le "$forgiven" ]; then # pytest's 1: tests ran, and some failed
        mapfile -t first < <(grep -oE '^(FAILED|ERROR) [^ ]+' "$work/log" | cut -d ' ' -f 2)
        section "$heading: what failed, once more"
        status=0
        timeout --kill-after=1m "$patience" "$@" --last-failed 2>&1 | tee "$work/log" || status=$?
        count_passed
        bad=$(($(counted failed "$work/log") + $(counted error "$work/log")))
        if [ "$status" -eq 0 ]; then unsteady+=("${first[@]}"); fi
    fi
    count_failed "$status" "$bad"
}

# script HEADING COMMAND…: a script whose closing line is that of summary.
script() {
    local status=0
    section "$1"
    shift
    "$@" 2>&1 | tee "$work/log" || status=$?
    count_passed
    count_failed "$status" "$(counted failed "$work/log")"
}

count_passed() { passed=$((passed + $(counted passed "$work/log"))); }

# count_failed STATUS NUMBER: a run that ended badly without a failed test did not even get to its tests.
count_failed() {
    if [ "$1" -ne 0 ] && [ "$2" -eq 0 ]; then failed=$((failed + 1)); else failed=$((failed + $2)); fi
}

# begin NAME COMMAND…: beside what follows. check HEADING ended NAME: waits for it, shows its output and counts it.
declare -A begun
begin() {
    local name=$1
    shift
    "$@" >"$work/$name.log" 2>&1 </dev/null &
    begun[$name]=$!
}

ended() {
    local status=0
    wait "${begun[$1]}" || status=$?
    cat "$work/$1.log"
    return "$status"
}

# summary HEADING: the closing lines, and whether all is well.
summary() {
    section "$1"
    [ ${#unsteady[@]} -eq 0 ] || printf 'Unsteady, mend it: %s\n' "${unsteady[@]}"
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ]
}

# install_pinned PYTHON FOLDER: a virtual environment with what production has, and with what the tests need.
install_pinned() {
    "$1" -m venv "$2" && "$2/bin/pip" install --quiet -c constraints.txt -e '.[test]'
}

need_from_the_system() {
    section "What the run needs from the system"
    local missing=()
    command -v chromium-headless-shell >/dev/null || quicker_browser
    command -v chromium-headless-shell chromium chromium-browser google-chrome >/dev/null || missing+=(chromium)
    compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
    command -v msgfmt >/dev/null || missing+=(gettext)
    [ -x /usr/sbin/nginx ] || missing+=(nginx)
    command -v systemd-analyze >/dev/null || missing+=(systemd)
    [ -x /usr/sbin/logrotate ] || missing+=(logrotate)
    command -v caddy >/dev/null || missing+=(caddy)
    [ -x /usr/sbin/pgbouncer ] || missing+=(pgbouncer)
    [ -x /usr/sbin/ip ] || missing+=(iproute2)
    command -v curl >/dev/null || missing+=(curl)
    python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
    if [ ${#missing[@]} -gt 0 ]; then
        apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"
    else
        echo "Everything is here."
    fi
    command -v promtool >/dev/null || unpack_promtool
    [ -d /usr/share/fonts/opentype/noto ] || unpack_fonts
}

# Chromium without windows, menus and tabs, in which the tests of the browser take half of the time.
quicker_browser() {
    apt-get update && apt-get install -y --no-install-recommends chromium-headless-shell ||
        echo "chromium-headless-shell is not to be had; the browser will be slow"
}

# Noto's fonts, for the tests of case files. Not installed: Chromium would take them for the portal's pages.
unpack_fonts() {
    (cd "$work" && apt-get download fonts-noto-core fonts-noto-cjk &&
        for each in fonts-noto-*.deb; do dpkg-deb -x "$each" noto; done) || return 0
    export NOTO_FONTS=$work/noto/usr/share/fonts
}

# promtool judges the alert rules. Debian has it in the package of Prometheus itself, which would start a server when it is
# installed; so it is unpacked for this run only. The test of the rules skips without it.
unpack_promtool() {
    (cd "$work" && apt-get download prometheus && dpkg-deb -x prometheus_*.deb prometheus) ||
        { echo "promtool is not to be had; the alert rules are not judged by it" && return 0; }
    PATH=$PATH:$work/prometheus/usr/bin
}

as_postgres() { (cd / && runuser -u postgres -- "$@"); }

# start_postgresql: a cluster of its own, as the user postgres; $postgresql is its address.
start_postgresql() {
    section "PostgreSQL, for this run only"
    local programs port password
    programs=$(dirname "$(compgen -G '/usr/lib/postgresql/*/bin/initdb' | sort -V | tail -n 1)")
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    password=$(secret)
    install -d -o postgres -m 700 "$cluster"
    install -o postgres -m 600 /dev/stdin "$work/password" <<<"$password"
    as_postgres "$programs/initdb" --pgdata="$cluster" --username=portal --pwfile="$work/password" \
        --auth=scram-sha-256 --encoding=UTF8 --locale="${PG_LOCALE:-C.UTF-8}" --no-sync
    as_postgres tee -a "$cluster/postgresql.conf" >/dev/null <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = ''
fsync = off
synchronous_commit = off
full_page_writes = off
max_wal_size = 4GB
shared_buffers = 256MB
END
    as_postgres "$programs/pg_ctl" --pgdata="$cluster" --log="$cluster/log" --wait start
    # shellcheck disable=SC2034 # those who source this use it
    postgresql=postgres://portal:$password@127.0.0.1:$port/postgres
}
