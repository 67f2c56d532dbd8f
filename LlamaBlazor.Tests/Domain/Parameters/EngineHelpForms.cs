namespace LlamaBlazor.Tests.Domain.Parameters;

/// <summary>Help texts in the forms that llama-server and a fork have had, in words of our own.</summary>
internal static class EngineHelpForms
{
    /// <summary>Spring of 2024: each spelling with its value, text at column 28, some values not shown.</summary>
    public const string Early2024 = """
        usage: ./server [options]

        options:
          -h, --help                say what there is and stop
          -v, --verbose             talk more (default: disabled)
          -t N, --threads N         workers while generating (default: 8)
          -c N, --ctx-size N        room for the prompt (default: 512)
          --rope-scaling {none,linear,yarn}
                                    way to stretch positions, linear unless the file says
          -fa, --flash-attn         faster attention (default: disabled)
          -ngl N, --n-gpu-layers N
                                    layers that go to the card
                                    -1 means none
          -m FNAME, --model FNAME   file to load (default: models/7B/x.gguf)
          --lora FNAME              adapter to apply (implies --no-mmap)
          --host                    address to bind (default  (default: 127.0.0.1)
          --port PORT               where to listen (default  (default: 8080)
          -ctk TYPE, --cache-type-k TYPE
                                    type of the keys (default: f16)
          --log-format, log output format: json or text (default: json)
          --metrics                 counters for scrapers (default: disabled)
          -n, --n-predict           most tokens to make (default: -1)
          -spf FNAME, --system-prompt-file FNAME
                                    file with what every slot begins with
        """;

    /// <summary>Autumn of 2024: sections, entries below two blanks, text at column 34.</summary>
    public const string Late2024 = """
        usage: ./llama-server [options]

        general:

          -h,    --help, --usage          say what there is and stop
                 --version                tell the build
          -v,    --verbose                talk more
                 --verbosity N            how much to say (default: 0)
          -t,    --threads N              workers while generating (default: 8)
          -fa,   --flash-attn            enable Flash Attention (default: disabled)
          -e,    --escape                 read \n and its like (default: true)
                 --no-escape              leave them
          -ctk,  --cache-type-k TYPE      type of the keys (default: f16)
                 --log-colors             paint the log

        sampling:

                 --samplers SAMPLERS      order of samplers, parted by ';'
                                          (default: top_k;top_p)
          -l TOKEN_ID(+/-)BIAS            push a token up or down
                 --temp N                 heat (default: 0.8)

        backend:

                 --no-mmap                read the file instead of mapping it
          -ts,   --tensor-split SPLIT     share of each card, comma-separated list of
                                          proportions, such as 3,1
                 --lora FNAME             adapter to apply (may be given again)
                 --lora-scaled FNAME SCALE
                                          adapter with a scale of its own
                 --control-vector-layer-range START END
                                          layers it is applied to

        server:

          -m,    --model FNAME            file to load
                 --host HOST              address to bind (default: 127.0.0.1)
                 --port PORT              where to listen (default: 8080)
                 --embedding(s)           vectors only (default: disabled)
                 --metrics                counters for scrapers (default: disabled)
                 --draft N                tokens to draft (default: 5)
          -md,   --model-draft FNAME      small model that drafts
        """;

    /// <summary>2025: entries in the first column, text at column 40, flash attention still a switch.</summary>
    public const string Early2025 = """
        ----- common params -----

        -h,    --help, --usage                  say what there is and stop
        --version                               tell the build
        -c,    --ctx-size N                     room for the prompt (default: 4096, 0 = as the file says)
                                                (env: LLAMA_ARG_CTX_SIZE)
        -fa,   --flash-attn                     enable Flash Attention (default: disabled)
                                                (env: LLAMA_ARG_FLASH_ATTN)
        --no-mmap                               read the file instead of mapping it
                                                (env: LLAMA_ARG_NO_MMAP)
        -m,    --model FNAME                    file to load


        ----- sampling params -----

        -s,    --seed SEED                      where chance begins (default: -1)


        ----- example-specific params -----

        --host HOST                             address to bind, or a path that ends in .sock (default: 127.0.0.1)
        --port PORT                             where to listen (default: 8080)
        --metrics                               counters for scrapers (default: disabled)
        --no-webui                              no page (default: enabled)
        --draft-max, --draft, --draft-n N       most tokens to draft (default: 16)
        -md,   --model-draft FNAME              small model that drafts
        """;

    /// <summary>2026: pairs in one entry, a choice of three for flash attention, removed flags still listed.</summary>
    public const string Current = """
        ----- common params -----

        -h,    --help, --usage                  say what there is and stop
        --version                               tell the build
        -fa,   --flash-attn [on|off|auto]       use Flash Attention (default: 'auto')
                                                (env: LLAMA_ARG_FLASH_ATTN)
        -kvo,  --kv-offload, -nkvo, --no-kv-offload
                                                keep the cache on the card (default: enabled)
        -ngl,  --gpu-layers, --n-gpu-layers N   layers that go to the card: a number, 'auto' or 'all'
        -dev,  --device <dev1,dev2,..>          devices, 'none' for no card
        --mmap, --no-mmap                       map the file (default: enabled)
        -m,    --model FNAME                    file to load
        -hf,   -hfr, --hf-repo <user>/<model>[:quant]
                                                where to load from
        --lora FNAME                            adapter (comma-separated values for several)
        --lora-scaled FNAME:SCALE,...           adapter with a scale of its own
        --spec-type none,draft-simple,ngram-simple
                                                way to speculate
        --spec-draft-model, -md, --model-draft FNAME
                                                small model that drafts
        --draft, --draft-n, --draft-max N       the argument has been removed. use --spec-draft-n-max
        --draft-min, --draft-n-min N
                                                the argument has been removed. use --spec-draft-n-min
        --spec-draft-n-max N                    most tokens to draft (default: 16)
        --host HOST                             address to bind
        --port PORT                             where to listen
        --metrics                               counters for scrapers
        --timeout-hint [N]                      may stand alone
        """;

    /// <summary>The fork ik_llama.cpp: as the end of 2024, with longer heads that run into their text.</summary>
    public const string Fork = """
        usage: ./llama-server [options]

        general:

          -h,    --help, --usage          say what there is and stop
          -ctx-ckpt N, --ctx-checkpoints N
                                          snapshots of a slot
          -no-fa, --no-flash-attn         plain attention
          -fa, --flash-attn (auto|on|off|0faster attention
                                          (default: auto)
          -mla,  --mla-use                way of attention (default: 3)
          -no-fmoe, --no-fused-moe        one step each
          -rtr,  --run-time-repack        other order of weights
          -ngl,  --gpu-layers N           layers that go to the card
                 --no-mmap                read the file instead of mapping it
          -m,    --model FNAME            file to load
                 --host HOST              address to bind
                 --port PORT              where to listen
                 --metrics                counters for scrapers
                 --jinja                  templates in full
        """;
}
