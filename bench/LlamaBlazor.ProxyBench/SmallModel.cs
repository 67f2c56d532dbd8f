using System.Text;

namespace LlamaBlazor.ProxyBench;

/// <summary>The smallest file that a library lists as a model: the stub does not read it.</summary>
internal static class SmallModel
{
    /// <summary>Writes a GGUF file of version 3 with one tensor.</summary>
    public static int Write(string path)
    {
        using var file = new BinaryWriter(File.Create(path));
        file.Write("GGUF"u8);
        file.Write(3u);
        file.Write(1UL); // tensors
        file.Write(3UL); // keys
        Text(file, "general.architecture", "llama");
        Text(file, "general.name", "bench");
        Text(file, "tokenizer.chat_template", "x");
        Put(file, "token_embd.weight");
        file.Write(1u); // dimensions
        file.Write(32UL);
        file.Write(0u); // F32
        file.Write(0UL); // offset
        while (file.BaseStream.Position % 32 != 0)
            file.Write((byte)0);
        file.Write(new byte[128]);
        return 0;
    }

    private static void Text(BinaryWriter file, string key, string value)
    {
        const uint TypeOfText = 8;
        Put(file, key);
        file.Write(TypeOfText);
        Put(file, value);
    }

    private static void Put(BinaryWriter file, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        file.Write((ulong)bytes.Length);
        file.Write(bytes);
    }
}
