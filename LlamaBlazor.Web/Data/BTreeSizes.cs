using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace LlamaBlazor.Web.Data;

/// <summary>
/// Bytes of each table and index, counted in the file itself (https://sqlite.org/fileformat2.html): the SQLite that comes with the
/// program is built without dbstat. Reads every page once, through SQLite's own handle of the file: closing another one would drop the
/// locks of every connection (https://sqlite.org/howtocorrupt.html, POSIX advisory locks).
/// </summary>
internal sealed class BTreeSizes
{
    private const int DeepestTree = 20; // SQLite's own BTCURSOR_MAX_DEPTH
    private const int FilePointer = 7; // SQLITE_FCNTL_FILE_POINTER

    private readonly nint _file; // sqlite3_file*
    private readonly int _pageSize;
    private readonly int _usable;
    private readonly long _pages;

    private BTreeSizes(SqliteConnection connection)
    {
        if (sqlite3_file_control(connection.Handle!.DangerousGetHandle(), "main", FilePointer, out _file) != 0 || !IsFile(_file))
            throw new InvalidDataException("SQLite does not tell its file");
        var header = new byte[100];
        Fill(header, 0);
        var size = BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(16));
        _pageSize = size == 1 ? 65_536 : size;
        _usable = _pageSize - header[20];
        _pages = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(28));
    }

    /// <summary>Bytes of each b-tree, by the name of its table or index.</summary>
    /// <exception cref="InvalidDataException">The file is no database, or changed while it was read.</exception>
    public static IReadOnlyList<(string Name, string Table, long Bytes)> Read(SqliteConnection connection)
    {
        SqliteSetup.Scalar(connection, "PRAGMA wal_checkpoint(PASSIVE)"); // what is in the log only is not in the file
        var roots = new List<(string Name, string Table, long Page)> { ("sqlite_master", "sqlite_master", 1) };
        using (var command = connection.CreateCommand())
        {
            command.CommandText = "SELECT name, tbl_name, rootpage FROM sqlite_master WHERE rootpage > 0";
            using var reader = command.ExecuteReader();
            while (reader.Read())
                roots.Add((reader.GetString(0), reader.GetString(1), reader.GetInt64(2)));
        }

        var sizes = new BTreeSizes(connection);
        var bytes = roots.ConvertAll(root => (root.Name, root.Table, sizes.Count(root.Page, 0) * sizes._pageSize));
        GC.KeepAlive(connection);
        return bytes;
    }

    // Pages of the tree below a page, itself and those that long values overflow into included.
    private long Count(long number, int depth)
    {
        if (number < 1 || number > _pages || depth > DeepestTree)
            throw new InvalidDataException($"Page {number} of {_pages} is named by the file, which is damaged or was changed meanwhile");
        var page = new byte[_pageSize];
        Fill(page, (number - 1) * _pageSize);
        var start = number == 1 ? 100 : 0;
        var kind = page[start];
        var isInterior = kind is 2 or 5;
        if (!isInterior && kind is not (10 or 13))
            throw new InvalidDataException($"Page {number} is no page of a tree: it was changed meanwhile");
        var pages = 1L;
        var cells = BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(start + 3));
        var first = start + (isInterior ? 12 : 8);
        for (var cell = 0; cell < cells; cell++)
        {
            var at = BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(first + (2 * cell)));
            if (isInterior)
                pages += Count(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(at)), depth + 1);
            if (kind != 5) // an interior page of a table has no values
                pages += Overflow(ReadVarint(page.AsSpan(at + (isInterior ? 4 : 0))), isTable: kind == 13);
        }

        return isInterior ? pages + Count(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(start + 8)), depth + 1) : pages;
    }

    // How much of a value stays in its page: "Cell Payload Overflow Pages" of the file format.
    private long Overflow(long payload, bool isTable)
    {
        long most = isTable ? _usable - 35 : ((_usable - 12) * 64 / 255) - 23;
        if (payload <= most)
            return 0;
        long least = ((_usable - 12) * 32 / 255) - 23;
        var local = least + ((payload - least) % (_usable - 4));
        var rest = payload - (local <= most ? local : least);
        return (rest + _usable - 5) / (_usable - 4);
    }

    private static long ReadVarint(ReadOnlySpan<byte> bytes)
    {
        var value = 0L;
        for (var i = 0; i < 8; i++)
        {
            value = (value << 7) | (uint)(bytes[i] & 0x7F);
            if (bytes[i] < 0x80)
                return value;
        }

        return (value << 8) | bytes[8];
    }

    // A database in memory has no methods of a file.
    private static unsafe bool IsFile(nint file) => file != 0 && *(nint*)file != 0;

    private unsafe void Fill(byte[] buffer, long offset)
    {
        // sqlite3_io_methods: iVersion, xClose, xRead(file, buffer, amount, offset)
        var read = (delegate* unmanaged[Cdecl]<nint, byte*, int, long, int>)(*(nint**)_file)[2];
        fixed (byte* bytes = buffer)
        {
            if (read(_file, bytes, buffer.Length, offset) != 0)
                throw new InvalidDataException($"The file ends before byte {offset + buffer.Length}: it was changed meanwhile");
        }
    }

    [DllImport("e_sqlite3", CallingConvention = CallingConvention.Cdecl)]
    private static extern int sqlite3_file_control(
        nint connection,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string name,
        int operation,
        out nint value
    );
}
