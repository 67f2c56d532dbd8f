#!/usr/bin/env bash
# Measures what the endpoint adds to a request: the same stub engine directly, through nginx (where installed), a bare YARP app, and the dashboard with
# statistics on, in turns. Further peers: bench/LlamaBlazor.ProxyBench/run.sh llama-swap=http://127.0.0.1:8080 (their engine must be the stub, started as
# `dotnet LlamaBlazor.ProxyBench.dll --port N`). SOAK=100000 adds that many requests and prints the dashboard's memory on the way.
set -euo pipefail
cd "$(dirname "$0")/../.."
base=${BENCH_PORT:-5190}
work=$(mktemp -d)
pids=()
cleanup() { for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done; wait 2>/dev/null || true; rm -rf "$work"; }
trap cleanup EXIT
dotnet build LlamaBlazor.Web -c Release -v quiet -clp:NoSummary
dotnet build bench/LlamaBlazor.ProxyBench -c Release -v quiet -clp:NoSummary
bench=$PWD/bench/LlamaBlazor.ProxyBench/bin/Release/net10.0/LlamaBlazor.ProxyBench.dll

mkdir "$work/models"
dotnet "$bench" gguf "$work/models/bench.gguf"
printf '#!/bin/sh\nexec dotnet "%s" "$@"\n' "$bench" > "$work/llama-server"
chmod +x "$work/llama-server"
dotnet LlamaBlazor.Web/bin/Release/net10.0/llamablazor.dll --data "$work/data" --models "$work/models" --engine "$work/llama-server" --urls "http://127.0.0.1:$base" > "$work/dashboard.log" 2>&1 &
pids+=($!); dashboard=$!
until curl -sf "http://127.0.0.1:$base/readyz" > /dev/null; do sleep 0.1; done
curl -sf -X POST "http://127.0.0.1:$base/api/models/scan" > /dev/null
curl -sf "http://127.0.0.1:$base/v1/chat/completions" -d '{"model":"bench","messages":[]}' > /dev/null || { cat "$work/dashboard.log"; exit 1; }
engine=$(curl -sf "http://127.0.0.1:$base/api/instances" | grep -o '"port":[0-9]*' | head -1 | cut -d: -f2)

dotnet "$bench" yarp $((base + 1)) "http://127.0.0.1:$engine/" & pids+=($!)
paths=("direct=http://127.0.0.1:$engine/")
if command -v nginx > /dev/null; then
  cat > "$work/nginx.conf" <<CONF
worker_processes auto; pid $work/nginx.pid; error_log /dev/null; daemon off;
events { worker_connections 1024; }
http { access_log off; client_body_temp_path $work; proxy_temp_path $work; fastcgi_temp_path $work; uwsgi_temp_path $work; scgi_temp_path $work;
  upstream engine { server 127.0.0.1:$engine; keepalive 64; }
  server { listen 127.0.0.1:$((base + 2)); keepalive_requests 1000000;
    location / { proxy_pass http://engine; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } } }
CONF
  nginx -c "$work/nginx.conf" & pids+=($!)
  paths+=("nginx=http://127.0.0.1:$((base + 2))/")
fi
paths+=("yarp=http://127.0.0.1:$((base + 1))/" "llamablazor=http://127.0.0.1:$base/" "$@")
sleep 2
dotnet "$bench" load bench "${paths[@]}"
if [ -n "${SOAK:-}" ]; then
  rss() { awk '/VmRSS/ {printf "%d MB\n", $2 / 1024}' "/proc/$dashboard/status"; }
  dotnet "$bench" soak bench "http://127.0.0.1:$base/" 20000 > /dev/null
  echo "memory after warming up: $(rss)"
  for part in 1 2 3 4; do
    dotnet "$bench" soak bench "http://127.0.0.1:$base/" $((SOAK / 4))
    echo "memory: $(rss)"
  done
  curl -sf "http://127.0.0.1:$base/api/stats/summary" | head -c 200; echo
fi
curl -sf -X PATCH "http://127.0.0.1:$base/api/models/bench/config/runtime" -H "Content-Type: application/json" -d '{"cache_mode":"sampled"}' > /dev/null
sleep 6; ask() { curl -s -o /dev/null -D - "http://127.0.0.1:$base/v1/chat/completions" -d '{"model":"bench","messages":[]}'; }
ask > /dev/null; sleep 1 # the endpoint reads the models anew after a request
ask | grep -qi "^x-llama-cache" || echo "the cache is not on"
echo "cache hit: $(dotnet "$bench" single bench "http://127.0.0.1:$base/")"
