-- Every unit that a figure may be about: Kolada's municipalities, regions and Riket, and the configured municipalities, which
-- have a name also before Kolada's catalogue has been fetched. The members of a region's report are known by their id until then.
with
catalogue as (select * from {{ ref('stg_kolada__municipality') }}),
configured as (select * from {{ ref('stg_config__municipality') }}),
reported as (select * from {{ ref('stg_region_report__figure') }}),

ids as (
    select municipality_id from catalogue
    union
    select municipality_id from configured
    union
    select member_id as municipality_id from reported where member_id is not null
)

select
    ---------- ids
    ids.municipality_id,

    ---------- text
    coalesce(catalogue.municipality, configured.municipality, ids.municipality_id) as municipality,
    coalesce(catalogue.municipality_type, 'K') as municipality_type,
    configured.board, configured.administration,

    ---------- numerics
    configured.report_year,

    ---------- booleans
    configured.municipality_id is not null as is_configured

from ids
left join catalogue on ids.municipality_id = catalogue.municipality_id
left join configured on ids.municipality_id = configured.municipality_id
