-- What each year's decisions were of: nought needs evidence. A law or a service without a single row in a year's extract was not
-- delivered, or does not exist; either way nobody can say that nobody has it or waits for it.
with decisions as (select * from {{ ref('stg_care__decision') }})

select
    ---------- keys
    municipality_id, year, law, service_id,

    ---------- what the service is
    {{ housing('service_id') }} as housing,
    min(year) over (partition by municipality_id, law, service_id) as first_year

from decisions
where law is not null
    and service_id is not null
group by municipality_id, year, law, service_id
