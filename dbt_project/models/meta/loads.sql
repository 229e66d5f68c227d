with source_loads as (select * from {{ ref('stg_loads__load') }})

select
    ---------- ids
    load_id, municipality_id,

    ---------- text
    source, table_name, period, content_hash, file, key_id, mapping,

    ---------- numerics
    load_sequence, row_count, warning_count,

    ---------- booleans
    is_simulated,

    ---------- dates and timestamps
    data_through, received_at, accepted_at

from source_loads
